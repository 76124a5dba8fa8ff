SELECT P.id, P.name, millis(P.window_start) AS stime
FROM (
  SELECT id, name, window_start, window_end
  FROM TABLE(TUMBLE(TABLE persons, DESCRIPTOR(rowtime), INTERVAL '10' SECOND))
  GROUP BY id, name, window_start, window_end
) AS P
JOIN (
  SELECT seller, window_start, window_end
  FROM TABLE(TUMBLE(TABLE auctions, DESCRIPTOR(rowtime), INTERVAL '10' SECOND))
  GROUP BY seller, window_start, window_end
) AS A ON P.id = A.seller AND P.window_start = A.window_start AND P.window_end = A.window_end
