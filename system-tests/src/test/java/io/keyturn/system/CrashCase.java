package io.keyturn.system;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import io.keyturn.contract.event.EventType;
import io.keyturn.testbed.shop.Shop.Strategy;
import org.jspecify.annotations.Nullable;

import static io.keyturn.contract.event.EventType.ROTATION_ADOPTED;
import static io.keyturn.contract.event.EventType.ROTATION_APPLIED;
import static io.keyturn.contract.event.EventType.ROTATION_APPROVAL_DECIDED;
import static io.keyturn.contract.event.EventType.ROTATION_AWAITING_APPROVAL;
import static io.keyturn.contract.event.EventType.ROTATION_CONSUMERS_MOVED;
import static io.keyturn.contract.event.EventType.ROTATION_GENERATED;
import static io.keyturn.contract.event.EventType.ROTATION_PROMOTED;
import static io.keyturn.contract.event.EventType.ROTATION_PUBLISHED;
import static io.keyturn.contract.event.EventType.ROTATION_RETIRED;
import static io.keyturn.contract.event.EventType.ROTATION_ROLLED_BACK;
import static io.keyturn.contract.event.EventType.ROTATION_STARTED;
import static io.keyturn.contract.event.EventType.ROTATION_SUCCEEDED;
import static io.keyturn.contract.event.EventType.ROTATION_TESTED;

/**
 * One run that is to stand still at one crash point, of a SecretRotation of its own, and what must have come of it in the end.
 *
 * @param again where it is to stand still once more in the process that took it over; null for nowhere
 */
record CrashCase(String point, @Nullable String again, Strategy strategy, Way way) {
    static final List<String> MOMENTS = List.of("before", "after", "committed");
    /** No server here refuses a value that we make; in the simulation one does. */
    static final String NEVER_MET = "redraw";

    static final List<String> FORWARD =
            List.of("prepare", "apply", "test", "promote", "publish", "look-at-consumers", "retire", "finish");
    static final List<String> BACK = List.of("restore-store", "restore-publications", "await-consumers", "discard");

    private static final Set<String> READERS = Set.of(
            "publish",
            "look-at-consumers",
            "retire",
            "finish",
            "restore-publications",
            "await-consumers",
            "retract-target");

    /** How the run comes by its point. */
    enum Way {
        /** The first sight of a SecretRotation. */
        ADOPTION(1, ROTATION_STARTED, ROTATION_ADOPTED, ROTATION_SUCCEEDED),
        /** The database keeps another password than the store. */
        REPAIR(1, ROTATION_STARTED, ROTATION_APPLIED, ROTATION_TESTED, ROTATION_SUCCEEDED),
        FORWARD(
                2,
                ROTATION_STARTED,
                ROTATION_GENERATED,
                ROTATION_APPLIED,
                ROTATION_TESTED,
                ROTATION_PROMOTED,
                ROTATION_PUBLISHED,
                ROTATION_CONSUMERS_MOVED,
                ROTATION_RETIRED,
                ROTATION_SUCCEEDED),
        /** Forward, once a person has said so. */
        APPROVAL(
                2,
                ROTATION_STARTED,
                ROTATION_AWAITING_APPROVAL,
                ROTATION_APPROVAL_DECIDED,
                ROTATION_GENERATED,
                ROTATION_APPLIED,
                ROTATION_TESTED,
                ROTATION_PROMOTED,
                ROTATION_PUBLISHED,
                ROTATION_CONSUMERS_MOVED,
                ROTATION_RETIRED,
                ROTATION_SUCCEEDED),
        /** Forward until it is published, then back since its check fails. */
        BACK(
                3,
                ROTATION_STARTED,
                ROTATION_GENERATED,
                ROTATION_APPLIED,
                ROTATION_TESTED,
                ROTATION_PROMOTED,
                ROTATION_PUBLISHED,
                ROTATION_PUBLISHED,
                ROTATION_ROLLED_BACK);

        /** How many versions the live path has had in the end. */
        final int versions;
        /** What is stated, each fact once. */
        private final List<EventType> facts;

        Way(int versions, EventType... facts) {
            this.versions = versions;
            this.facts = List.of(facts);
        }
    }

    CrashCase(String point, Strategy strategy, Way way) {
        this(point, null, strategy, way);
    }

    /** The same, with a second stop. */
    CrashCase again(String second) {
        return new CrashCase(point, second, strategy, way);
    }

    static String step(String point) {
        return point.substring(point.indexOf('-') + 1);
    }

    /** Every point with every strategy under which a run comes by it. What people say comes before anything that knows a strategy. */
    static List<CrashCase> matrix() {
        var cases = new ArrayList<CrashCase>();
        for (var moment : MOMENTS) {
            for (var strategy : Strategy.values()) {
                cases.add(new CrashCase(moment + "-adopt", strategy, Way.ADOPTION));
                cases.add(new CrashCase(moment + "-repair", strategy, Way.REPAIR));
                FORWARD.forEach(step -> cases.add(new CrashCase(moment + "-" + step, strategy, Way.FORWARD)));
                BACK.forEach(step -> cases.add(new CrashCase(moment + "-" + step, strategy, Way.BACK)));
            }
            cases.add(new CrashCase(moment + "-listen", Strategy.SINGLE, Way.APPROVAL));
            cases.add(new CrashCase(moment + "-restore-target", Strategy.SINGLE, Way.BACK));
            cases.add(new CrashCase(moment + "-retract-target", Strategy.ALTERNATING, Way.BACK));
        }
        return List.copyOf(cases);
    }

    /** Where something has just been done on the way of a value to its readers, or back, and nobody has noted it yet. */
    boolean concernsReaders() {
        return point.startsWith("after-") && READERS.contains(step(point));
    }

    /** How often a workload is rolled that reads it. */
    int rollOuts() {
        return switch (way) {
            case ADOPTION, REPAIR -> 0;
            case FORWARD, APPROVAL -> 1;
            case BACK -> 2;
        };
    }

    boolean alternates() {
        return strategy == Strategy.ALTERNATING;
    }

    boolean changesTheValue() {
        return way == Way.FORWARD || way == Way.APPROVAL;
    }

    /** What is stated, each fact once. Who dies after a repair, before he notes it, is followed by one who finds nothing to repair. */
    List<EventType> facts() {
        return point.equals("after-repair") || "after-repair".equals(again)
                ? way.facts.stream().filter(type -> type != ROTATION_APPLIED).toList()
                : way.facts;
    }

    /** Whether the database refuses what is kept, as it did before the run. */
    boolean isStillToBeRepaired() {
        return point.equals("before-repair") && (again == null || again.equals("before-repair"));
    }

    /** How often the password of the role that is live at first is set. */
    int timesFirstIsSet() {
        return switch (way) {
            case ADOPTION -> 0;
            case REPAIR -> 1;
            case FORWARD, APPROVAL -> alternates() ? 0 : 1;
            case BACK -> alternates() ? 0 : 2;
        };
    }

    /** How often that of the other role is, where there is one. */
    int timesOtherIsSet() {
        return alternates() && way != Way.ADOPTION && way != Way.REPAIR ? 1 : 0;
    }

    /** Of the SecretRotation, of its path in the store and of its Secret. */
    String name() {
        return (alternates() ? "two-" : "one-")
                + point
                + (way == Way.BACK && FORWARD.contains(step(point)) ? "-back" : "");
    }

    @Override
    public String toString() {
        return point + (again == null ? "" : ", then " + again) + (name().endsWith("-back") ? " on the way back" : "")
                + ", " + (alternates() ? "two roles" : "one role");
    }
}
