"""librdkafka on a broker: transactions that commit and abort, a group, both isolation levels. Prints one line of JSON.

Words: brokers, input topic, output topic. The input has to hold the numbers from 0 on, in one partition.
"""
import json
import sys

from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition

brokers, source, target = sys.argv[1:4]
TRANSACTION = 20
ABORT_EVERY = 3


def reader(group, isolation):
    return Consumer({
        'bootstrap.servers': brokers, 'group.id': group, 'auto.offset.reset': 'earliest',
        'enable.auto.commit': False, 'isolation.level': isolation, 'enable.partition.eof': True,
    })


def read_all(topic, isolation):
    consumer = reader(f'read-{isolation}', isolation)
    consumer.subscribe([topic])
    values = []
    while True:
        message = consumer.poll(10)
        if message is None:
            raise SystemExit('nothing came for ten seconds')
        if message.error():
            if message.error().code() == KafkaError._PARTITION_EOF:
                break
            raise SystemExit(str(message.error()))
        values.append(int(message.value()))
    consumer.close()
    return values


def copy():
    """Copies in transactions; every third is aborted and its records are read again."""
    consumer = reader('copiers', 'read_committed')
    consumer.subscribe([source])
    producer = Producer({'bootstrap.servers': brokers, 'transactional.id': 'confluent', 'linger.ms': 1})
    producer.init_transactions(30)
    transactions = aborted = 0
    pending = []
    ended = False
    while not ended or pending:
        message = None if ended else consumer.poll(10)
        if message is not None and message.error():
            if message.error().code() != KafkaError._PARTITION_EOF:
                raise SystemExit(str(message.error()))
            ended = True
        elif message is not None:
            pending.append(message)
        if not pending or (len(pending) < TRANSACTION and not ended):
            continue
        producer.begin_transaction()
        for record in pending:
            producer.produce(target, value=record.value())
        transactions += 1
        if transactions % ABORT_EVERY == 0:
            # Without this the abort would only empty the queue, and nothing of it would ever reach the broker.
            producer.flush(30)
            producer.abort_transaction(30)
            aborted += 1
            first = pending[0]
            consumer.seek(TopicPartition(first.topic(), first.partition(), first.offset()))
            ended = False
        else:
            last = pending[-1]
            positions = [TopicPartition(last.topic(), last.partition(), last.offset() + 1)]
            producer.send_offsets_to_transaction(positions, consumer.consumer_group_metadata(), 30)
            producer.commit_transaction(30)
        pending = []
    position = consumer.committed([TopicPartition(source, 0)], timeout=30)[0].offset
    consumer.close()
    return {'transactions': transactions, 'aborted': aborted, 'position': position}


copied = copy()
print(json.dumps({
    **copied,
    'committed': read_all(target, 'read_committed'),
    'all': len(read_all(target, 'read_uncommitted')),
}))
