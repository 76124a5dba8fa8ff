/**
 * Where the copies of partitions lie and how large they are. Topics: null asks for all.
 *
 * Version notes: 2 flexible · 3 error of the whole · 4 sizes of the volumes (KIP-827).
 */
import { api, array, bool, ignorable, int16, int32, int64, nullable, since, string } from '../schema.ts'

export const DescribeLogDirs = api(35, 'DescribeLogDirs', {
  versions: [1, 4],
  flexible: 2,
  request: { topics: nullable(array({ topic: string, partitions: array(int32) })) },
  response: {
    throttleTimeMs: int32,
    errorCode: ignorable(since(3, int16)),
    results: array({
      errorCode: int16,
      logDir: string,
      topics: array({
        name: string,
        partitions: array({ partitionIndex: int32, partitionSize: int64, offsetLag: int64, isFutureKey: bool }),
      }),
      totalBytes: ignorable(since(4, int64, -1)),
      usableBytes: ignorable(since(4, int64, -1)),
    }),
  },
})
