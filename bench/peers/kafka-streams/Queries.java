import java.util.Map;
import java.util.function.BiFunction;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.GlobalKTable;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Repartitioned;

/** Works without windows, as topologies; those with windows are in `Windows`. */
final class Queries {
    /** What a work writes: values to JSON, keys as text. */
    interface Query extends BiFunction<Inputs, Options, KStream<String, ?>> {}

    private Queries() {}

    static Map<String, Query> all(StreamsBuilder builder) {
        return Map.ofEntries(
            Map.entry("q0", (inputs, options) -> inputs.bids(Rows.PlainBid.class)),
            Map.entry("q1", (inputs, options) -> inputs.bids(Rows.PlainBid.class).mapValues(Rows.EuroBid::new)),
            Map.entry("map", (inputs, options) -> inputs.bids(Rows.PlainBid.class).mapValues(Rows.EuroBid::new)),
            Map.entry("latency", (inputs, options) ->
                inputs.events("latency.bids", Rows.PlainBid.class).mapValues(Rows.EuroBid::new)),
            Map.entry("q2", Queries::everyHundredAndTwentyThird),
            Map.entry("q3", Queries::localAuctions),
            Map.entry("q13", (inputs, options) -> withSide(inputs, builder)),
            Map.entry("q20", Queries::bidsWithAuctions),
            Map.entry("q5", Windows::hotAuctions),
            Map.entry("q8", Windows::newSellers),
            Map.entry("q11", Windows::sessions),
            Map.entry("q17", Windows::statisticsOfDays),
            Map.entry("windowed-count-final", Windows::finalCounts),
            Map.entry("windowed-count-updates", Windows::updatedCounts),
            Map.entry("restore", Windows::visitsOfDays));
    }

    private static KStream<String, ?> everyHundredAndTwentyThird(Inputs inputs, Options options) {
        return inputs.bids(Rows.Price.class)
            .filter((key, bid) -> bid.auction % 123 == 0)
            .mapValues(bid -> new Rows.AuctionPrice(bid.auction, bid.price));
    }

    private static KStream<String, ?> localAuctions(Inputs inputs, Options options) {
        KStream<String, Object> persons = inputs.persons(Rows.Neighbour.class)
            .filter((key, person) -> switch (person.state) {
                case "OR", "ID", "CA" -> true;
                default -> false;
            })
            .mapValues(person -> (Object) person);
        KStream<String, Object> auctions = inputs.auctions(Rows.Offer.class)
            .filter((key, auction) -> auction.category == 10)
            .selectKey((key, auction) -> String.valueOf(auction.seller))
            .repartition(Repartitioned.with(Serdes.String(), Json.of(Rows.Offer.class)))
            .mapValues(auction -> (Object) auction);
        return persons.merge(auctions).process(new JoinToOne<>(Rows.Neighbour.class, Rows.Offer.class, options.inMemory(),
            (person, auction) -> new Rows.LocalAuction(person.name, person.city, person.state, auction.id)));
    }

    private static KStream<String, ?> withSide(Inputs inputs, StreamsBuilder builder) {
        GlobalKTable<String, Rows.Side> sides =
            builder.globalTable("nexmark.side", Consumed.with(Serdes.String(), Json.of(Rows.Side.class)));
        return inputs.bids(Rows.PlainBid.class).join(sides,
            (key, bid) -> String.valueOf(bid.auction % 10_000),
            (bid, side) -> new Rows.SideBid(bid.auction, bid.bidder, bid.price, bid.dateTime, side.value));
    }

    private static KStream<String, ?> bidsWithAuctions(Inputs inputs, Options options) {
        KStream<String, Object> auctions = inputs.auctions(Rows.Auction.class).mapValues(Queries::lighter);
        KStream<String, Object> bids = inputs.bids(Rows.Bid.class).mapValues(bid -> (Object) bid);
        return auctions.merge(bids).process(new JoinToOne<>(Rows.Auction.class, Rows.Bid.class, options.inMemory(),
            (auction, bid) -> auction.category == 10 ? new Rows.AuctionBid(bid, auction) : null));
    }

    /** Of other categories it is enough to know that they are there: a bid on them need not wait. */
    private static Object lighter(Rows.Auction auction) {
        if (auction.category == 10) return auction;
        Rows.Auction light = new Rows.Auction();
        light.id = auction.id;
        light.category = auction.category;
        return light;
    }
}
