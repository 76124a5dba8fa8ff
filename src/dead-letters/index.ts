/** The library behind `millrace dlq`: reads dead letters, and moves, changes and drops them. */
export { type AuditRow, appendAudit, readAudit } from './audit.ts'
export { type DiscardOptions, discardLetters } from './changing/discard.ts'
export { type EditOptions, type EditResult, editLetter } from './changing/edit.ts'
export { type Editable, editable } from './changing/editable.ts'
export { type ImportOptions, type ImportResult, importLetters } from './changing/import.ts'
export { type PurgeOptions, type PurgeResult, purgeLetters } from './changing/purge.ts'
export { type DeadLetters, type DeadLettersOptions, deadLetters } from './dead-letters.ts'
export { filterFields } from './filter/expression.ts'
export type { LetterFilter } from './filter/filter.ts'
export { parseInstant } from './filter/instant.ts'
export { parseFilter } from './filter/parse.ts'
export type { DeadLetter, LetterFamily, LetterReport, LetterState, Place, Pointer } from './letter.ts'
export { type CancelOptions, cancelRedrive } from './moving/cancel.ts'
export { type Job, type JobProgress, type JobRange, type JobStatus, redriveJobs } from './moving/jobs.ts'
export { planRedrive, redrive, resumeRedrive } from './moving/redrive.ts'
export type {
  RedriveChoice,
  RedriveOptions,
  RedrivePlan,
  RedriveProgress,
  RedriveResult,
  RedriveRun,
} from './moving/redrive-options.ts'
export type { PassedOver, PassedOverReason } from './moving/redrive-plan.ts'
export type { PlannedGroup } from './moving/survey.ts'
export { type QueueName, resolveQueue } from './queue-name.ts'
export { type Decoded, type Decoder, decoderOf } from './reading/decode.ts'
export type { LetterGroup } from './reading/group-table.ts'
export type { GroupOptions, LetterGroups } from './reading/groups.ts'
export { type LetterLine, lineOf } from './reading/ndjson.ts'
export type { QueueSummary, QueuesOptions } from './reading/queues.ts'
export type { ReadLetter, ReadOptions } from './reading/read.ts'
