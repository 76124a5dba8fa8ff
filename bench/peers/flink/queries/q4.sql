SELECT category AS id, AVG(highest) AS final
FROM (
  SELECT A.category, MAX(B.price) AS highest
  FROM auctions AS A
  JOIN bids AS B ON A.id = B.auction AND B.`dateTime` BETWEEN A.`dateTime` AND A.expires
  GROUP BY A.id, A.category
)
GROUP BY category
