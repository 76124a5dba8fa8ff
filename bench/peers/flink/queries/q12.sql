WITH arrivals AS (
  SELECT bidder, PROCTIME() AS arrived
  FROM bids
)
SELECT bidder, COUNT(*) AS bid_count, millis(window_start) AS starttime, millis(window_end) AS endtime
FROM TABLE(TUMBLE(TABLE arrivals, DESCRIPTOR(arrived), INTERVAL '10' SECOND))
GROUP BY bidder, window_start, window_end
