package io.keyturn.rotation.secretstore;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.kit.secret.SecretValue;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.Fault;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.secretstore.SecretStore.Kept;
import io.keyturn.rotation.secretstore.SecretStore.Slot;
import org.junit.jupiter.api.Test;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

/** What every store must satisfy, on its real server. A subclass says how a person reads and writes there. */
public abstract class SecretStoreConformance {
    private static final Credential OLD = new Credential("a", SecretValue.copyOf("old value"));
    private static final Credential NEW = new Credential("b", SecretValue.copyOf("new value"));

    private final RotationId run =
            new RotationId("r" + UUID.randomUUID().toString().replace("-", ""));

    protected abstract SecretStore store();

    /** A policy with a live path of its own for this test. */
    protected abstract RotationPolicy policy();

    /** Writes the live value as a person would. */
    protected abstract void write(Map<String, String> fields);

    /** The fields of the live value now; empty if there is none. */
    protected abstract Map<String, String> read();

    /** Makes the server answer that it cannot answer now, for the time of the work. */
    protected abstract void whileUnavailable(Runnable work);

    /** A policy whose live path the service has no right to. */
    protected abstract RotationPolicy forbidden();

    /** A place that belongs to another namespace than {@code policy()}, and the field below {@code spec.store} at fault. */
    protected abstract Map.Entry<SecretRotationSpec.Store, String> misplaced();

    @Test
    void placeOfAnotherNamespaceIsAFaultNamedByItsField() {
        assertThat(store().handles(policy().store())).isTrue();
        assertThat(store().faults("spec.store", policy().namespace(), policy().store()))
                .isEmpty();
        assertThat(store().faults(
                                "spec.store", policy().namespace(), misplaced().getKey()))
                .extracting(Fault::field)
                .containsExactly("spec.store." + misplaced().getValue());
    }

    @Test
    void credentialOfTheServiceIsReadFromItsPlace() {
        assertThat(store().read(policy().store())).isEqualTo(Outcome.rejected(RotationReason.ADMIN_REFUSED));
        write(Map.of("username", "a", "password", "old value"));

        assertThat(value(store().read(policy().store())).sameAs(OLD)).isTrue();
    }

    @Test
    void keptValuesAreNoLiveValues() {
        write(Map.of("username", "a", "password", "old value"));
        long version = version();

        keep(run, Slot.PREVIOUS, OLD, 1, 1);
        keep(run, Slot.PENDING, NEW, 1, 1);

        assertThat(read()).isEqualTo(Map.of("username", "a", "password", "old value"));
        assertThat(version()).isEqualTo(version);
    }

    @Test
    void absentLiveValueIsEmptyAndNoError() {
        assertThat(store().live(policy())).isEqualTo(Outcome.done(Optional.empty()));
    }

    @Test
    void liveValueIsReadWithItsVersion() {
        write(Map.of("username", "x", "password", "y"));
        long first = version();
        write(Map.of("username", "a", "password", "old value"));

        assertThat(value(store().live(policy()))).hasValueSatisfying(live -> {
            assertThat(live.version()).isNotEqualTo(first);
            assertThat(live.credential().sameAs(OLD)).isTrue();
        });
    }

    @Test
    void liveValueWithoutUserNameOrPasswordIsRejected() {
        write(Map.of("password", "old value"));

        assertThat(store().live(policy())).isEqualTo(Outcome.rejected(RotationReason.NOTHING_TO_ADOPT));
    }

    @Test
    void keptValueIsNeverOverwritten() {
        assertThat(value(store().kept(policy(), run))).isEmpty();

        assertThat(keep(run, Slot.PENDING, NEW, 1, 1)).isEqualTo("new value");
        assertThat(keep(run, Slot.PENDING, OLD, 1, 1)).isEqualTo("new value");

        assertThat(kept(run)).containsExactly(Map.entry(Slot.PENDING, "new value"));
    }

    @Test
    void anotherDrawOfAClaimCountsMoreThanTheOneBefore() {
        keep(run, Slot.PENDING, OLD, 1, 9);

        assertThat(keep(run, Slot.PENDING, NEW, 1, 10)).isEqualTo("new value");
        assertThat(keep(run, Slot.PENDING, OLD, 1, 10))
                .as("who comes later, with a value of his own")
                .isEqualTo("new value");

        assertThat(kept(run)).containsExactly(Map.entry(Slot.PENDING, "new value"));
    }

    /** Claims that did not see each other's value: the second must look once more before it tells a target of its own. */
    @Test
    void whatWasKeptFirstCountsWhateverOthersKeepAfterIt() {
        keep(run, Slot.PENDING, OLD, 9, 1);
        keep(run, Slot.PENDING, NEW, 10, 1);
        assertThat(kept(run)).containsExactly(Map.entry(Slot.PENDING, "old value"));

        keep(run, Slot.PENDING, OLD, 11, 1);
        keep(run, Slot.PENDING, NEW, 12, 1);
        try (var pending = requireNonNull(value(store().kept(policy(), run)).get(Slot.PENDING))) {
            assertThat(pending.claim()).as("the latest that keeps that value").isEqualTo(11);
            assertThat(pending.draw()).isOne();
        }
    }

    @Test
    void anotherDrawCountsWhoeverHasMadeIt() {
        keep(run, Slot.PENDING, OLD, 10, 1);
        keep(run, Slot.PREVIOUS, OLD, 10, 1);
        keep(run, Slot.PENDING, NEW, 9, 2);

        assertThat(kept(run)).isEqualTo(Map.of(Slot.PENDING, "new value", Slot.PREVIOUS, "old value"));
    }

    @Test
    void whoComesTooLateDeletesNothingOfALaterClaim() {
        keep(run, Slot.PENDING, OLD, 9, 1);
        keep(run, Slot.PENDING, NEW, 10, 1);

        assertThat(store().discard(policy(), run, 9)).isEqualTo(Outcome.done());
        assertThat(kept(run)).containsExactly(Map.entry(Slot.PENDING, "new value"));

        assertThat(store().discard(policy(), run, 10)).isEqualTo(Outcome.done());
        assertThat(kept(run)).isEmpty();
    }

    @Test
    void promotionKeepsOtherFieldsAndIsOneVersionHoweverOftenItIsTried() {
        write(Map.of("username", "a", "password", "old value", "note", "theirs"));

        long before = version();

        long promoted = value(store().promote(policy(), run, NEW, before));
        assertThat(promoted).isNotEqualTo(before).isEqualTo(version());
        assertThat(store().promote(policy(), run, NEW, before)).isEqualTo(Outcome.done(promoted));
        assertThat(version()).isEqualTo(promoted);

        assertThat(read()).isEqualTo(Map.of("username", "b", "password", "new value", "note", "theirs"));
    }

    @Test
    void promotionCreatesAnAbsentValueOnce() {
        assertThat(value(store().promote(policy(), run, NEW, 0))).isEqualTo(version());
        assertThat(store().promote(policy(), run, OLD, 0)).isEqualTo(Outcome.rejected(RotationReason.STORE_CHANGED));

        assertThat(read()).containsEntry("password", "new value");
    }

    @Test
    void concurrentEditOfAPersonWins() {
        write(Map.of("username", "a", "password", "old value"));
        long before = version();
        write(Map.of("username", "a", "password", "by hand"));

        assertThat(store().promote(policy(), run, NEW, before))
                .isEqualTo(Outcome.rejected(RotationReason.STORE_CHANGED));

        assertThat(read()).containsEntry("password", "by hand");
    }

    @Test
    void restoringPutsThePreviousValueBack() {
        write(Map.of("username", "a", "password", "old value", "note", "theirs"));
        long before = version();
        value(store().promote(policy(), run, NEW, before));

        for (int i = 0; i < 2; i++) {
            assertThat(store().restore(policy(), run, NEW, OLD, before)).isEqualTo(Outcome.done());
            assertThat(read()).isEqualTo(Map.of("username", "a", "password", "old value", "note", "theirs"));
        }
    }

    @Test
    void restoringLeavesWhatAPersonWrote() {
        write(Map.of("username", "a", "password", "old value"));
        long before = version();
        write(Map.of("username", "a", "password", "by hand"));

        assertThat(store().restore(policy(), run, NEW, OLD, before)).isEqualTo(Outcome.done());

        assertThat(read()).containsEntry("password", "by hand");
    }

    @Test
    void promotionThatComesAfterTheWayBackComesTooLate() {
        write(Map.of("username", "a", "password", "old value", "note", "theirs"));
        long before = version();
        assertThat(store().restore(policy(), run, NEW, OLD, before)).isEqualTo(Outcome.done());
        long after = version();
        assertThat(store().restore(policy(), run, NEW, OLD, before)).isEqualTo(Outcome.done());
        assertThat(version()).as("written anew once").isEqualTo(after);

        assertThat(store().promote(policy(), run, NEW, before))
                .isEqualTo(Outcome.rejected(RotationReason.STORE_CHANGED));

        assertThat(read()).isEqualTo(Map.of("username", "a", "password", "old value", "note", "theirs"));
    }

    @Test
    void discardForgetsBothSlotsAndCanBeRepeated() {
        keep(run, Slot.PENDING, NEW, 1, 1);
        keep(run, Slot.PREVIOUS, OLD, 1, 1);

        for (int i = 0; i < 2; i++) {
            assertThat(store().discard(policy(), run, 1)).isEqualTo(Outcome.done());
            assertThat(kept(run)).isEmpty();
        }
    }

    @Test
    void runsThatKeepSomethingAreKnown() {
        var other = new RotationId(run.value() + "b");
        assertThat(value(store().keptRuns(policy()))).doesNotContain(run, other);
        keep(run, Slot.PENDING, NEW, 1, 1);
        keep(other, Slot.PREVIOUS, OLD, 1, 1);

        assertThat(value(store().keptRuns(policy()))).containsOnlyOnce(run, other);
        value(store().discard(policy(), run, 1));
        assertThat(value(store().keptRuns(policy()))).contains(other).doesNotContain(run);
        value(store().discard(policy(), other, 1));
        assertThat(value(store().keptRuns(policy()))).doesNotContain(run, other);
    }

    @Test
    void storeThatCannotAnswerIsUnavailable() {
        var unavailable = Outcome.unavailable(RotationReason.STORE_UNREACHABLE);
        whileUnavailable(() -> {
            assertThat(store().live(policy())).isEqualTo(unavailable);
            assertThat(store().keep(policy(), run, Slot.PENDING, new Kept(NEW, 1, 1)))
                    .isEqualTo(unavailable);
            assertThat(store().kept(policy(), run)).isEqualTo(unavailable);
            assertThat(store().promote(policy(), run, NEW, 0)).isEqualTo(unavailable);
            assertThat(store().discard(policy(), run, 1)).isEqualTo(unavailable);
            assertThat(store().keptRuns(policy())).isEqualTo(unavailable);
        });
        assertThat(value(store().live(policy()))).isEmpty();
    }

    @Test
    void missingRightIsARejection() {
        assertThat(store().live(forbidden())).isEqualTo(Outcome.rejected(RotationReason.STORE_REFUSED));
        assertThat(store().promote(forbidden(), run, NEW, 0)).isEqualTo(Outcome.rejected(RotationReason.STORE_REFUSED));
    }

    /** Keeps a value; what is kept in its place by now. */
    private String keep(RotationId of, Slot slot, Credential credential, long claim, int draw) {
        try (var kept = value(store().keep(policy(), of, slot, new Kept(credential, claim, draw)))) {
            return text(kept);
        }
    }

    private Map<Slot, String> kept(RotationId of) {
        return value(store().kept(policy(), of)).entrySet().stream()
                .collect(toMap(Map.Entry::getKey, it -> text(it.getValue())));
    }

    private static String text(Kept kept) {
        return kept.credential().secret().useString(text -> text);
    }

    private long version() {
        return value(store().live(policy())).orElseThrow().version();
    }

    protected final RotationId run() {
        return run;
    }

    protected static <T> T value(Outcome<T> outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Done.class);
        return ((Outcome.Done<T>) outcome).value();
    }
}
