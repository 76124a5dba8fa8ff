/** What `millrace help MR…` says beyond the meaning: how one gets there, what to do. Total: a code without help does not compile. */
import type { ErrorCode } from '../faults.ts'

interface CodeHelp {
  readonly cause: string
  readonly fix: string
}

export const codeHelp: Readonly<Record<ErrorCode, CodeHelp>> = {
  MR1001: {
    cause: 'A noun, verb, flag or argument is unknown, missing, or has a value it cannot have.',
    fix: 'Add --help to the command to see what it takes.',
  },
  MR1002: {
    cause: 'The file is missing, cannot be imported, or none of its exports was made by topology().',
    fix: "Export the topology: export const counts = topology('counts', …).",
  },
  MR1003: {
    cause:
      'A flag, an option of run() or an environment variable has a value that makes no sense, or a needed one is absent.',
    fix: 'The error names the setting and its form; millrace help env lists the variables.',
  },
  MR1004: {
    cause:
      'A setting is misspelled, or belongs to a feature that this release does not have. Nothing is ignored silently.',
    fix: 'Remove it or correct its name.',
  },
  MR1005: {
    cause: 'A variable and its alias are both set and differ, or two flags exclude each other.',
    fix: 'Keep one of the two.',
  },
  MR2001: {
    cause: 'No address answered within the connection timeout, or the connection was lost and did not come back.',
    fix: 'Check KAFKA_BROKERS, the network, and the advertised listeners of the brokers. For a desk: millrace broker --port 9092.',
  },
  MR2002: {
    cause:
      'Millrace creates its internal topics, never those a topology reads or writes: their partitions are your decision.',
    fix: 'Create the topic or correct its name in the topology.',
  },
  MR2003: {
    cause:
      'The partitions of an internal topic follow from the inputs; those were changed after the first start, or somebody else made the topic.',
    fix: 'Stop all workers, delete the internal topic and replay; or give the inputs the partitions they had.',
  },
  MR2004: {
    cause: 'The broker answered with an error that neither repetition nor a new transaction can cure.',
    fix: "The error names Kafka's reason and the request; the broker's log has the rest.",
  },
  MR2005: {
    cause:
      'The broker, or the client passed in, lacks transactions, stable offset reads or the fencing of group generations.',
    fix: 'Use Apache Kafka 3.6 or newer, or millrace broker; where that cannot be: --guarantee at-least-once.',
  },
  MR2006: {
    cause: 'Two running workers have the same name; the younger one fenced the older one, as a restarted worker must.',
    fix: 'Give each its own --instance or MILLRACE_INSTANCE.',
  },
  MR2007: {
    cause: 'Retention deleted records that the group had not read yet, or the topic was deleted and made anew.',
    fix: 'Keep the topic longer, or accept the loss: MILLRACE_OUT_OF_RANGE=earliest or latest.',
  },
  MR2008: {
    cause: 'The principal of the worker lacks a right, its credentials were refused, or TLS could not be agreed on.',
    fix: 'Correct KAFKA_SASL_… or KAFKA_SSL_… as the reason says; else grant Read on inputs, Write on outputs, and all on topics, group and transactional ids prefixed with the name of the topology.',
  },
  MR2009: {
    cause: 'An internal topic exists with settings that would lose data, such as a changelog that is not compacted.',
    fix: 'Correct the settings named by the error, or delete the topic when no worker runs and replay.',
  },
  MR2010: {
    cause: 'A join brings records of one key together, but its topics are cut into different numbers of partitions.',
    fix: 'Put keyBy before one side of the join, or give the topics equally many partitions.',
  },
  MR3001: {
    cause: 'The bytes of a key or value do not fit the serde or the schema of the topic.',
    fix: 'Look at the dead letter: its headers name topic, partition, offset and reason. Correct the producer or the schema.',
  },
  MR3002: {
    cause: 'A handler returned what the serde cannot write, such as undefined, a bigint, a circle or NaN in JSON.',
    fix: 'Return what the topic can hold, or give the topic another serde.',
  },
  MR3003: {
    cause: 'A timestamp is negative, not a number, or further ahead of the clock than maxLead.',
    fix: 'Correct the timestamp function of from(), or raise maxLead.',
  },
  MR3004: {
    cause: 'Grouping, tables and lookups need a key, and the record has none.',
    fix: 'Put keyBy before the operator, or filter the records without a key.',
  },
  MR3005: {
    cause: 'The record is larger than max.message.bytes of the topic it goes to.',
    fix: 'Raise the limit of the topic, or write smaller records.',
  },
  MR3006: {
    cause:
      'The schema registry did not answer, when the worker started or for as long as a record may wait for its schema.',
    fix: 'Start the registry, or correct its address. For a desk: millrace registry --port 8081.',
  },
  MR3007: {
    cause: 'The schema may not follow the ones that its subject has, or is not registered and autoRegister is false.',
    fix: 'Change the schema so that it may follow (a new field needs a default), or register it by hand.',
  },
  MR3008: {
    cause: 'The key of a record, with what the operator adds to it, has more than the 1,900 bytes that a store takes.',
    fix: 'Use a shorter key, or a hash of it, before the operator that keeps state.',
  },
  MR3009: {
    cause: 'A suppress step with { whenFull: "stop" } holds more rows back than its maxRows.',
    fix: 'Raise maxRows, shorten the time that rows wait, or choose { whenFull: "emit" }.',
  },
  MR3010: {
    cause: 'Its window had closed, or its partners were gone, and the step says late: deadLetter(…).',
    fix: 'Raise the grace of the step, or the outOfOrderness of the source, if such records are to count.',
  },
  MR3011: {
    cause:
      'Kafka refuses times that are too far from now: since 4.0, more than an hour ahead, unless the topic says otherwise.',
    fix: 'Raise message.timestamp.after.max.ms (or before) of the topic, or lower maxLead of the source.',
  },
  MR4001: {
    cause:
      'Stores, repartition topics and dead-letter topics are named by you, and a name is used twice in one topology.',
    fix: 'Rename one. The name is part of a topic name: renaming a live store loses its state.',
  },
  MR4002: {
    cause: 'Kafka allows letters, digits, dot, underscore and dash, at most 249 characters, and neither "." nor "..".',
    fix: 'Choose another name.',
  },
  MR4003: {
    cause: 'window() was given something else than tumbling(…) or hopping(…), or a size that is not positive.',
    fix: 'Write window(tumbling({ minutes: 1 })).',
  },
  MR4004: {
    cause: 'A topology has no output, or parts of it follow from nothing.',
    fix: 'End every stream in to(topic).',
  },
  MR4005: {
    cause:
      'A worker of a newer version has written rows that this version has no schema for: a migration went on, and the old version was started again.',
    fix: 'Run the newer version. To go back, give the store another name and replay.',
  },
  MR4006: {
    cause: 'Two processes were given one directory for state: the later one has taken the rows of a task over.',
    fix: 'Give each worker a directory of its own. Nothing is lost: rows are restored from the changelog.',
  },
  MR4007: {
    cause: 'The directory of local state cannot be made, read or written, or its disk is full.',
    fix: 'See to its rights and its disk. It may also be removed when no worker runs: the state is in Kafka.',
  },
  MR4101: {
    cause: 'A function of yours threw. By default the record goes to the dead letters and the worker goes on.',
    fix: 'The error names the node and the record; --verbose shows the stack.',
  },
  MR4102: {
    cause: 'A record failed and the policy of its node is stop(). Nothing is lost: its transaction was aborted.',
    fix: 'Correct the cause and start the worker again, or choose deadLetter() for such records.',
  },
  MR4103: {
    cause: 'A call of mapAsync gave no answer within the timeout of its step, by default 5 seconds.',
    fix: 'Raise the timeout, or look why what it calls is slow; the policy of the step says what became of the record.',
  },
  MR4104: {
    cause: 'Threads have died with the same record in hand: it fills the memory, or makes a step end the process.',
    fix: 'Correct the step and redrive the record; or raise --heap, if it is only large.',
  },
  MR4121: {
    cause:
      'An earlier record of the same key failed, and the policy of its step is park(…): the key waits, the others go on.',
    fix: 'Correct the cause, then millrace dlq redrive brings the records of the key back in their order.',
  },
  MR4122: {
    cause: 'One of the bounds of park(…) is reached: keys, perKey, or for. The task pauses and loses nothing.',
    fix: 'Correct the cause, redrive what is parked, and resume the task; or raise the bounds.',
  },
  MR4201: {
    cause:
      'A task moves to another worker, or restores its state; or the worker that has it is gone, or runs without queries.',
    fix: 'Ask again in a moment. Start every worker of the topology with --queries, and check the address with millrace store ls.',
  },
  MR4202: {
    cause: 'The topology has no store of that name, or the store no row of that key, window or time.',
    fix: 'millrace store ls shows the names; keys that are no text are written as JSON.',
  },
  MR4203: {
    cause: 'The question has a parameter, a key or a cursor that the store does not take.',
    fix: 'The error says which. millrace store ls shows what each store can be asked.',
  },
  MR4301: {
    cause: 'A neighbour has failed several times in a row, and the policy of the step is to make no calls for a while.',
    fix: 'Look after the neighbour: calls begin again by themselves. millrace breaker close does it at once.',
  },
  MR4401: {
    cause: 'No topic has that name, and none ends in .dlq. and that name; or several do.',
    fix: 'millrace dlq ls shows the queues; foreign ones are named in full.',
  },
  MR4402: {
    cause:
      'The offset is outside the queue, or retention has deleted it, or no record lies there: transactions take offsets too.',
    fix: 'millrace dlq show QUEUE lists the letters there are.',
  },
  MR4403: {
    cause: 'The expression has a word or a sign that does not belong there.',
    fix: 'The error names the column; millrace help filters shows what can be written.',
  },
  MR4404: {
    cause: 'A pattern of --filter would take too many steps on a very long text.',
    fix: 'Use contains or startsWith, or ask for a part of the value: value.order.id.',
  },
  MR4411: {
    cause: 'No worker of the topology has made its audit topic: none ran, or it has nothing that can be operated.',
    fix: 'Correct the name of the topology, or start a worker once.',
  },
  MR4412: {
    cause: 'A redrive of the queue has not ended, or another command has taken the queue over in this moment.',
    fix: 'millrace dlq redrive status shows it; resume goes on with it, cancel ends it.',
  },
  MR4413: {
    cause: 'The name of the job is wrong, or it is finished, or it was cancelled.',
    fix: 'millrace dlq redrive status shows the jobs of a queue.',
  },
  MR4414: {
    cause: 'Targets come from the topology alone: its own re-entry topics, and with --to its inputs and outputs.',
    fix: 'Name a topic of the topology, or leave --to out. A worker of this release must have started once.',
  },
  MR4415: {
    cause: 'The edited value cannot be read by the topology, or the letter is settled already.',
    fix: 'Correct the value. millrace dlq show says what became of a letter.',
  },
  MR4416: {
    cause: 'A line of the file is no record as millrace dlq export writes it, or does not fit the queue.',
    fix: 'The error names the lines. Nothing was written.',
  },
  MR9001: {
    cause: 'An assumption inside Millrace did not hold.',
    fix: 'Run again with --verbose and report what it prints.',
  },
}
