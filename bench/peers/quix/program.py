"""The peer's process: a work on Quix Streams, exactly once. Its words are those every peer takes."""

import argparse
import json
import shutil
import sys
import tempfile
import time
from datetime import timedelta

from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient
from quixstreams import Application

TOPIC = "nexmark.bids"
EUROS_PER_DOLLAR = 0.908


def plain(bid):
    return {name: bid[name] for name in ("auction", "bidder", "price", "dateTime", "extra")}


def in_euros(bid):
    return {**plain(bid), "price": bid["price"] * EUROS_PER_DOLLAR}


def counted(bids):
    return bids.tumbling_window(timedelta(seconds=10), grace_ms=timedelta(seconds=4)).count()


def as_row(window, key, *_):
    return {"auction": int(key), "start": window["start"], "bids": window["value"]}


WORKS = {
    "q0": lambda bids: bids.apply(plain),
    "q1": lambda bids: bids.apply(in_euros),
    "map": lambda bids: bids.apply(in_euros),
    "windowed-count-final": lambda bids: counted(bids).final(closing_strategy="partition").apply(as_row, metadata=True),
    "windowed-count-updates": lambda bids: counted(bids).current().apply(as_row, metadata=True),
}


def parse(words):
    parser = argparse.ArgumentParser()
    for name in ("--brokers", "--work", "--app", "--output"):
        parser.add_argument(name, required=True)
    parser.add_argument("--threads")
    parser.add_argument("--records", type=int)
    parser.add_argument("--commit-interval", type=float, default=0.1)
    return parser.parse_args(words)


def records_of_input(brokers):
    consumer = Consumer({"bootstrap.servers": brokers, "group.id": "unused"})
    try:
        partitions = consumer.list_topics(TOPIC, timeout=30).topics[TOPIC].partitions
        ends = [consumer.get_watermark_offsets(TopicPartition(TOPIC, partition), timeout=30) for partition in partitions]
        return sum(high - low for low, high in ends)
    finally:
        consumer.close()


def drop_topics_of(app, brokers):
    """Changelogs: their names don't begin with the application's, so the bench would not find them."""
    admin = AdminClient({"bootstrap.servers": brokers})
    own = [name for name in admin.list_topics(timeout=30).topics if app in name]
    if own:
        for deleted in admin.delete_topics(own).values():
            deleted.result()


class Tally:
    """Stops the application when as many records are processed as were wanted."""

    def __init__(self, wanted):
        self.wanted = wanted
        self.taken = 0
        self.started_at = None
        self.application = None

    def took(self, *_):
        if self.started_at is None:
            self.started_at = milliseconds()
        self.taken += 1
        if self.taken == self.wanted:
            self.application.stop()


def milliseconds():
    return round(time.time() * 1000)


def run(asked, state):
    tally = Tally(asked.records or records_of_input(asked.brokers))
    application = Application(
        broker_address=asked.brokers,
        consumer_group=asked.app,
        auto_offset_reset="earliest",
        processing_guarantee="exactly-once",
        commit_interval=asked.commit_interval,
        state_dir=state,
        on_message_processed=tally.took,
        producer_extra_config={"linger.ms": 100, "batch.size": 262144},
        loglevel="ERROR",
    )
    tally.application = application
    bids = application.dataframe(
        application.topic(
            TOPIC,
            key_deserializer="str",
            timestamp_extractor=lambda bid, *_: bid["dateTime"],
        )
    )
    WORKS[asked.work](bids).to_topic(application.topic(asked.output, key_serializer="str"))
    # It ends when what is processed is committed.
    application.run()
    return {"startedAt": tally.started_at, "endedAt": milliseconds(), "records": tally.taken}


def main():
    asked = parse(sys.argv[1:])
    state = tempfile.mkdtemp(prefix="millrace-quix-")
    try:
        line = json.dumps(run(asked, state))
        drop_topics_of(asked.app, asked.brokers)
        print(line)
    finally:
        shutil.rmtree(state, ignore_errors=True)


main()
