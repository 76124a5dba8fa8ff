SELECT auction, millis(window_start) AS `start`, COUNT(*) AS bids
FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(rowtime), INTERVAL '10' SECOND))
GROUP BY auction, window_start, window_end
