SELECT auction, bidder, euros AS price,
  CASE
    WHEN hour_of_day BETWEEN 8 AND 18 THEN 'dayTime'
    WHEN hour_of_day <= 6 OR hour_of_day >= 20 THEN 'nightTime'
    ELSE 'otherTime'
  END AS bidTimeType,
  `dateTime`, extra, count_char(extra, 'c') AS c_counts
FROM (
  SELECT auction, bidder, 0.908E0 * price AS euros, HOUR(TO_TIMESTAMP_LTZ(`dateTime`, 3)) AS hour_of_day,
    `dateTime`, extra
  FROM bids
)
WHERE euros > 1000000 AND euros < 50000000
