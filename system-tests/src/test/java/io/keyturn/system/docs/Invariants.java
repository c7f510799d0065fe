package io.keyturn.system.docs;

import java.util.List;

/** What holds whatever happens to a rotation. */
final class Invariants {
    private Invariants() {}

    /**
     * One of them.
     *
     * @param text what always holds
     * @param open what of that no test shows yet; empty if none is left
     */
    record Entry(String number, String text, String open) {}

    static final List<Entry> ENTRIES = List.of(
            new Entry(
                    "I1",
                    "Nobody is locked out: at every instant some value that is kept in the store (live, new or previous) logs in;"
                            + " at the end the live one does",
                    ""),
            new Entry(
                    "I2",
                    "A run makes one new version of the live value, and versions only grow",
                    "where the database of the runs has lost its last commits (R18) versions are counted by the simulation, and on real servers for a run that was lost whole"),
            new Entry(
                    "I3",
                    "Who reads the live value gets one that works: always with two roles, unless a policy lets a value that is known"
                            + " die first; with one role but for a window that is measured and stated",
                    "with one role: that nobody is refused for longer than the window that is stated; with two roles who reads the store itself, or a"
                            + " Secret that he does not mount, has as long to log in as spec.retire.after says, where a run goes back 10 s at"
                            + " most: it is 0 s unless a policy says otherwise"),
            new Entry(
                    "I4",
                    "What is committed is stated on Kafka at least once, in order for each object, and has its effect once",
                    "the order of a repetition by a relay that stood still: it may come after newer facts, and is known by its id"),
            new Entry(
                    "I5",
                    "Each workload that reads a value is rolled once for each version: none is missed, none rolled for nothing",
                    "the [limits of restart-service](../restart-service/DESIGN.md#limits-on-purpose-for-now): its simulation counts such"
                            + " cases and lets some pass"),
            new Entry(
                    "I6",
                    "The record has no gap and every end of a run, and its chain verifies",
                    "the record after its database has lost its last commits"),
            new Entry(
                    "I7",
                    "A value is nowhere but in the store, the target, and what is published",
                    "the values that `CrashPointsST` and `make chaos` make: nobody searches for them"),
            new Entry(
                    "I8",
                    "Once the trouble is over everything comes to rest by itself",
                    "other services than rotation-service that stand still, at random"),
            new Entry(
                    "I9",
                    "While something is away nothing grows without bound, and nobody asks in a hot loop",
                    "how much may wait: facts for the broker have no limit (R21), and only `make bench` bounds memory, while requests wait;"
                            + " how often services other than rotation-service ask broker and databases"),
            new Entry(
                    "I10",
                    "One dead target delays no other",
                    "by how much the others are delayed: only `make bench` judges that, for one target that is black-holed, slow or refusing"
                            + " beside nine; more slow targets at once than two, with real servers"));
}
