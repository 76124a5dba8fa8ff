WITH counts AS (
  SELECT auction, window_start, window_end, COUNT(*) AS num
  FROM TABLE(HOP(TABLE bids, DESCRIPTOR(rowtime), INTERVAL '2' SECOND, INTERVAL '10' SECOND))
  GROUP BY auction, window_start, window_end
)
SELECT C.auction, C.num, millis(C.window_start) AS starttime
FROM counts AS C
JOIN (
  SELECT window_start, window_end, MAX(num) AS most
  FROM counts
  GROUP BY window_start, window_end
) AS M ON C.window_start = M.window_start AND C.window_end = M.window_end AND C.num >= M.most
