import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;

/** What is read and written: classes with public fields, which Jackson reads and writes faster than trees of nodes. */
public final class Rows {
    private Rows() {}

    /** An input record: it knows when it happened. Those below have the fields that a work reads; Jackson skips the rest. */
    public static class Event {
        public long dateTime;
    }

    /** q3. */
    public static final class Neighbour extends Event {
        public String name;
        public String city;
        public String state;
    }

    /** q8. */
    public static final class Named extends Event {
        public String name;
    }

    /** q3. */
    public static final class Offer extends Event {
        public long id;
        public long seller;
        public long category;
    }

    /** q8. */
    public static final class Selling extends Event {
        public long seller;
    }

    /** q20. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public static final class Auction extends Event {
        public long id;
        public String itemName;
        public String description;
        public long initialBid;
        public long reserve;
        public long expires;
        public long seller;
        public long category;
        public String extra;
    }

    /** q20. */
    public static final class Bid extends Event {
        public long auction;
        public long bidder;
        public long price;
        public String channel;
        public String url;
        public String extra;
    }

    /** q0, read and written. */
    public static final class PlainBid extends Event {
        public long auction;
        public long bidder;
        public long price;
        public String extra;
    }

    /** q2 and q17. */
    public static final class Price extends Event {
        public long auction;
        public long price;
    }

    /** q11. */
    public static final class Bidder extends Event {
        public long bidder;
    }

    /** A row of the side input. */
    public static final class Side {
        public long key;
        public String value;
    }

    /** q1. */
    public static final class EuroBid {
        public long auction;
        public long bidder;
        public double price;
        public long dateTime;
        public String extra;

        EuroBid(PlainBid bid) {
            auction = bid.auction;
            bidder = bid.bidder;
            price = bid.price * 0.908;
            dateTime = bid.dateTime;
            extra = bid.extra;
        }
    }

    public record AuctionPrice(long auction, long price) {}

    public record LocalAuction(String name, String city, String state, long id) {}

    public record NewSeller(long id, String name, long stime) {}

    public record Session(long bidder, long bid_count, long starttime, long endtime) {}

    public record SideBid(long auction, long bidder, long price, long dateTime, String value) {}

    public record WindowCount(long auction, long start, long bids) {}

    public record HotAuction(long auction, long num, long starttime) {}

    /** The auctions with the most bids of one window. */
    public static final class Hottest {
        public long num;
        public List<Long> auctions = new ArrayList<>();

        Hottest with(long auction, long bids) {
            if (bids < num) return this;
            if (bids > num) auctions.clear();
            num = bids;
            auctions.add(auction);
            return this;
        }
    }

    /** q17: bids of an auction on a day. */
    public static final class BidStatistics {
        public long auction;
        public String day;
        public long total_bids;
        public long rank1_bids;
        public long rank2_bids;
        public long rank3_bids;
        public long min_price = Long.MAX_VALUE;
        public long max_price;
        public long avg_price;
        public long sum_price;

        BidStatistics with(Price bid) {
            total_bids++;
            if (bid.price < 10_000) rank1_bids++;
            else if (bid.price < 1_000_000) rank2_bids++;
            else rank3_bids++;
            min_price = Math.min(min_price, bid.price);
            max_price = Math.max(max_price, bid.price);
            sum_price += bid.price;
            avg_price = sum_price / total_bids;
            return this;
        }

        BidStatistics of(long auction, String day) {
            this.auction = auction;
            this.day = day;
            return this;
        }
    }

    /** q20. */
    public static final class AuctionBid {
        public long auction;
        public long bidder;
        public long price;
        public String channel;
        public String url;
        public long bid_dateTime;
        public String bid_extra;
        public String itemName;
        public String description;
        public long initialBid;
        public long reserve;
        public long auction_dateTime;
        public long expires;
        public long seller;
        public long category;
        public String auction_extra;

        AuctionBid(Bid bid, Auction auction) {
            this.auction = bid.auction;
            bidder = bid.bidder;
            price = bid.price;
            channel = bid.channel;
            url = bid.url;
            bid_dateTime = bid.dateTime;
            bid_extra = bid.extra;
            itemName = auction.itemName;
            description = auction.description;
            initialBid = auction.initialBid;
            reserve = auction.reserve;
            auction_dateTime = auction.dateTime;
            expires = auction.expires;
            seller = auction.seller;
            category = auction.category;
            auction_extra = auction.extra;
        }
    }
}
