-- window_time is the last millisecond of its window: from there back to the start, and on to the very end.
SELECT B.auction, B.bidder, B.price, B.`dateTime`, B.extra
FROM bids AS B
JOIN (
  SELECT window_time AS closes, MAX(price) AS highest
  FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(rowtime), INTERVAL '10' SECOND))
  GROUP BY window_start, window_end, window_time
) AS M
ON B.price = M.highest
  AND B.rowtime BETWEEN M.closes - INTERVAL '9.999' SECOND AND M.closes + INTERVAL '0.001' SECOND
