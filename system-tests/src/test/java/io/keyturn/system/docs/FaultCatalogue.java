package io.keyturn.system.docs;

import java.util.List;

/** What may go wrong with a rotation, in groups. */
final class FaultCatalogue {
    private FaultCatalogue() {}

    /**
     * A fault.
     *
     * @param holds what must be so afterwards
     * @param open what of that no test shows yet; empty if none is left
     */
    record Entry(String number, String fault, String holds, String open) {}

    static final List<Entry> ENTRIES = List.of(
            new Entry(
                    "R01",
                    "The process is killed before it keeps the new value",
                    "Nothing has happened; the run goes on and makes one value",
                    ""),
            new Entry(
                    "R02",
                    "It is killed when the new value is kept and nobody has noted that",
                    "The kept value is used, no second one is made",
                    ""),
            new Entry(
                    "R03",
                    "It is killed between keeping the new value and setting it at the target",
                    "The old value works until then (I1)",
                    ""),
            new Entry(
                    "R04",
                    "It is killed when the target has the new value and nobody has noted that",
                    "A login decides: the password is not set again",
                    ""),
            new Entry(
                    "R05",
                    "It is killed while it tests the new value",
                    "It is tested again; without a test it does not become the live value",
                    ""),
            new Entry(
                    "R06",
                    "It is killed when the new value is live in the store and nobody has noted that",
                    "The run recognises its own write; there is no second version (I2)",
                    ""),
            new Entry("R07", "It is killed again while it recovers", "Every run ends by itself (I1, I8)", ""),
            new Entry(
                    "R08",
                    "The answer to a change is lost: of the target, the store, Kubernetes",
                    "Nobody sends again blindly: it is looked first",
                    "with real servers: those of the database of the runs, one by one"),
            new Entry(
                    "R09",
                    "A person writes the live path in the middle of a run",
                    "What the person wrote is not overwritten; the run goes back",
                    ""),
            new Entry(
                    "R10",
                    "The target is down, slow, or swallows packets",
                    "Its own runs are tried again with growing pauses; all others are not delayed (I10)",
                    "by how much the others are delayed: only `make bench` judges that"),
            new Entry(
                    "R11",
                    "The target refuses every new value, by a rule for passwords",
                    "It is told two others; if it refuses them too, the run goes back and says why",
                    "a real server that refuses a value we would make: of a verifier, passwordcheck sees only whether it is the role's name"),
            new Entry(
                    "R12",
                    "A process that was stopped for longer than its claim goes on",
                    "It changes nothing any more, neither in the database nor at role and Secret (I1)",
                    ""),
            new Entry(
                    "R13",
                    "A process whose clock runs fast or slow holds a claim",
                    "At most one effect",
                    "a clock that runs faster than the database's while a command takes long"),
            new Entry(
                    "R14",
                    "The store is sealed, a standby, or not set up",
                    "Runs wait and go on with the same value",
                    "standby and not set up"),
            new Entry(
                    "R15",
                    "The token for the store ends or is revoked in the middle of a run",
                    "A new login; nothing is lost",
                    ""),
            new Entry(
                    "R16",
                    "The store limits the rate of requests (429)",
                    "It is asked less often",
                    "how often it is asked meanwhile"),
            new Entry(
                    "R17",
                    "The database of the runs is down",
                    "Nothing is done that is not noted first; runs go on afterwards",
                    "at every single transaction"),
            new Entry(
                    "R18",
                    "That database fails over and loses its last commits",
                    "Runs look at the world again; nobody is locked out (I1)",
                    "with real servers: one that takes over while a process works; in the simulation: one that is more than ten minutes behind"),
            new Entry(
                    "R19",
                    "That database has deadlocks, no free connection, too many clients",
                    "Bounded repetitions; no event loop stands still",
                    "the databases of the other services"),
            new Entry(
                    "R20",
                    "Its disk is full",
                    "No half entry; it goes on when there is room",
                    "the disk of its log, which ends the server: as R17; anything where the test lacks the right to mount one"),
            new Entry(
                    "R21",
                    "The broker is down",
                    "Rotations go on; facts wait and arrive afterwards, in order (I4)",
                    "a limit for how many wait"),
            new Entry(
                    "R22",
                    "The broker is slow or short of replicas",
                    "Nothing is lost; memory is bounded",
                    "one that is short of replicas"),
            new Entry("R23", "A fact is delivered again, at once or long after", "It has its effect once (I4)", ""),
            new Entry(
                    "R32",
                    "The Kubernetes API answers, and refuses: too many requests (429), trouble of its own (500)",
                    "Runs wait and go on",
                    "watcher-service, which writes nothing but status"),
            new Entry(
                    "R37",
                    "restart-service dies when some workloads are patched and others are not",
                    "The rest is patched, none twice (I5)",
                    ""),
            new Entry(
                    "R41",
                    "Clocks jump, repeat an hour, or differ",
                    "No mass rotation, no early end of the old value",
                    "a clock that jumps under a running watcher-service"),
            new Entry(
                    "R42",
                    "First start, with much that has never been rotated",
                    "Nothing is rotated at once; what is due is spread",
                    "thousands of overdue ones on real servers"),
            new Entry(
                    "R43",
                    "Disk, file handles or threads of a service run out",
                    "Not ready, nothing half done",
                    "its disk, on which a service writes nothing that it reads again; threads"),
            new Entry("R44", "A service runs out of memory or processor time", "It ends; no half step counts", ""),
            new Entry(
                    "R45",
                    "A service ends in the middle of a step; two versions run side by side",
                    "The step is finished or taken over; versions leave each other's runs alone",
                    "the end in the middle of a step; two real versions"));
}
