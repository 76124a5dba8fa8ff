SELECT auction, bidder, price, `dateTime`, `value`
FROM (SELECT auction, bidder, price, `dateTime`, side_value(MOD(auction, 10000)) AS `value` FROM bids)
WHERE `value` IS NOT NULL
