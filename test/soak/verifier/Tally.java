/** What is missing and what is there too often. */
final class Tally {
    long lost;
    long doubled;

    void add(Tally other) {
        lost += other.lost;
        doubled += other.doubled;
    }
}
