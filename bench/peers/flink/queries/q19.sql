SELECT auction, bidder, price, channel, url, `dateTime`, extra, rank_number
FROM (
  SELECT auction, bidder, price, channel, url, `dateTime`, extra,
    ROW_NUMBER() OVER (PARTITION BY auction ORDER BY price DESC) AS rank_number
  FROM bids
)
WHERE rank_number <= 10
