SELECT bidder, COUNT(*) AS bid_count, millis(window_start) AS starttime, millis(window_end) AS endtime
FROM TABLE(SESSION(TABLE bids PARTITION BY bidder, DESCRIPTOR(rowtime), INTERVAL '10' SECOND))
GROUP BY bidder, window_start, window_end
