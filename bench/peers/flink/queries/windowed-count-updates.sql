SELECT auction, `start`, COUNT(*) AS bids
FROM (SELECT auction, `dateTime` - MOD(`dateTime`, 10000) AS `start` FROM bids)
GROUP BY auction, `start`
