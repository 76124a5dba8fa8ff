SELECT auction, bidder, price, channel, url, `dateTime`, extra
FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY auction, bidder ORDER BY rowtime DESC) AS place
  FROM (SELECT auction, bidder, price, channel, url, `dateTime`, extra, rowtime FROM bids)
)
WHERE place <= 1
