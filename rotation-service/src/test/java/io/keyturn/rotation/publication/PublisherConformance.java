package io.keyturn.rotation.publication;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.contract.resource.SecretRotationSpec.Publication;
import io.keyturn.kit.secret.SecretValue;
import io.keyturn.rotation.credential.Credential;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.Fault;
import io.keyturn.rotation.policy.PublicationFacts;
import io.keyturn.rotation.policy.RotationPolicy;
import io.keyturn.rotation.policy.TargetFacts;
import io.keyturn.rotation.publication.Publisher.Replaceable;
import io.keyturn.rotation.publication.Publisher.Stamp;
import io.keyturn.rotation.publication.Publisher.Writer;
import io.keyturn.rotation.publication.Publisher.Written;
import io.keyturn.testbed.page.Proves;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What every kind of publication must satisfy, whether it writes itself or has an owner write in his own time. A subclass says how to
 * look at the place without the publisher's help.
 */
public abstract class PublisherConformance {
    private static final Credential FIRST = new Credential("a", SecretValue.copyOf("first value"));
    private static final Credential SECOND = new Credential("b", SecretValue.copyOf("second/value %"));
    private static final Outcome<Boolean> CHANGED = Outcome.waiting(RotationReason.PUBLICATION_CHANGED);
    private static final Map<String, String> ATTRIBUTES = Map.of("host", "db");

    private final String run = "r" + UUID.randomUUID().toString().replace("-", "");

    protected abstract Publisher publisher();

    /** Its only publication is {@code URL} and {@code password} in a place of its own for this test, which does not exist yet. */
    protected abstract RotationPolicy policy();

    /** A branch with one fault, and the field below {@code spec.publish[0]} where it lies. */
    protected abstract Map.Entry<Publication, String> faulty();

    /** What consumers read there now. */
    protected abstract Map<String, String> content();

    /** Makes the place with some content, or writes these keys into it, as somebody else. */
    protected abstract void write(Map<String, String> content);

    /** What changes with every write, however small. */
    protected abstract String version();

    @Test
    void faultIsNamedByItsField() {
        assertThat(publisher().handles(branch())).isTrue();
        assertThat(read(branch()).faults()).isEmpty();
        assertThat(read(faulty().getKey()).faults())
                .extracting(Fault::field)
                .containsExactly("spec.publish[0]." + faulty().getValue());
    }

    @Test
    void consumersReadTheSecretsThatWereNamedBeforehand() {
        assertThat(publish(FIRST, 1).secrets())
                .isEqualTo(read(branch()).secrets())
                .isNotEmpty();
    }

    private PublicationFacts read(Publication branch) {
        var target = new TargetFacts(List.of(), ATTRIBUTES.keySet(), false, null, null);
        return publisher().read("spec.publish[0]", policy().namespace(), branch, target);
    }

    private Publication branch() {
        return policy().publish().getFirst();
    }

    @Test
    void placeThatDoesNotExistIsMade() {
        assertThat(inspect()).isEqualTo(Outcome.done());

        var written = publish(FIRST, 1);

        assertThat(content()).isEqualTo(Map.of("URL", "pg://a:first%20value@db", "password", "first value"));
        assertThat(written.secrets()).containsExactly(ObjectRef.secret(policy().namespace(), "orders-db"));
    }

    @Test
    void whatIsNotOursStaysAsItIs() {
        write(Map.of("URL", "old", "theirs", "\u0000\u0001 left alone"));

        publish(SECOND, 1);

        assertThat(content())
                .isEqualTo(Map.of(
                        "URL", "pg://b:second%2Fvalue%20%25@db",
                        "password", "second/value %",
                        "theirs", "\u0000\u0001 left alone"));
    }

    @Test
    void repeatedPublicationIsNotWrittenAgain() {
        write(Map.of("theirs", "x"));
        var first = publish(FIRST, 1);
        var version = version();

        var again = publish(FIRST, 1);
        assertThat(again.at()).isEqualTo(first.at());
        assertThat(again.secrets()).isEqualTo(first.secrets());
        assertThat(again.by()).as("who wrote").isNotIn(Writer.THIS_CALL, Writer.THIS_STAMP);
        assertThat(version()).isEqualTo(version);
    }

    @Test
    void nextAttemptIsWrittenEvenWithTheSameContent() {
        publish(FIRST, 1);
        var version = version();

        publish(FIRST, 2);

        assertThat(version()).isNotEqualTo(version);
    }

    @Proves("R12")
    @Test
    void whoWasStoppedForTooLongPublishesNoMore() {
        var stopped = new Stamp(new PublicationId(run + ".1"), 7, null);
        var later = new Stamp(new PublicationId(run + ".2"), 8, null);
        await().until(() -> publish(later, SECOND), told -> !(told instanceof Outcome.Waiting));
        var version = version();

        assertThat(publish(stopped, FIRST)).isEqualTo(Outcome.unavailable(RotationReason.CONFLICT));

        assertThat(version()).isEqualTo(version);
        assertThat(holds(SECOND)).isEqualTo(Outcome.done());
    }

    /** He may have stood still since before a later claim looked, found nothing of his, and went back. */
    @Proves("R12")
    @Test
    void whoIsFencedOutPublishesNoMore() {
        var stopped = new Stamp(new PublicationId(run + ".1"), 7, null);
        var going = new Stamp(new PublicationId(run + ".2"), 8, null);
        write(Map.of("URL", "old"));
        var content = content();

        assertThat(fence(8)).isEqualTo(Outcome.done());

        assertThat(publish(stopped, FIRST)).isEqualTo(Outcome.unavailable(RotationReason.CONFLICT));
        assertThat(content()).isEqualTo(content);
        assertThat(await().until(() -> publish(going, SECOND), told -> !(told instanceof Outcome.Waiting)))
                .isInstanceOf(Outcome.Done.class);
    }

    @Test
    void fenceIsRaisedOnceAndNeverLowered() {
        write(Map.of("URL", "old"));
        fence(8);
        var version = version();

        assertThat(fence(8)).isEqualTo(Outcome.done());
        assertThat(fence(7)).isEqualTo(Outcome.unavailable(RotationReason.CONFLICT));
        assertThat(version()).isEqualTo(version);
    }

    @Test
    void fenceMakesNoPlace() {
        assertThat(fence(8)).isEqualTo(Outcome.done());

        assertThat(publisher().readBack(policy(), branch(), ATTRIBUTES, "given"))
                .isEqualTo(Outcome.done(Optional.empty()));
        write(Map.of("URL", "theirs"));
        assertThat(content()).isEqualTo(Map.of("URL", "theirs"));
    }

    private Outcome<Boolean> fence(long fence) {
        return publisher().fence(policy(), branch(), fence);
    }

    @Test
    void publishedCredentialIsReadBack() {
        assertThat(publisher().readBack(policy(), branch(), ATTRIBUTES, "given"))
                .isInstanceOfSatisfying(
                        Outcome.Done.class,
                        done -> assertThat((java.util.Optional<?>) done.value()).isEmpty());
        publish(SECOND, 1);

        assertThat(publisher().readBack(policy(), branch(), ATTRIBUTES, "given"))
                .isInstanceOfSatisfying(Outcome.Done.class, done -> {
                    var found = (Credential) ((java.util.Optional<?>) done.value()).orElseThrow();
                    assertThat(found.secret().sameAs(SECOND.secret())).isTrue();
                });
    }

    @Test
    void whatSomebodyElseWritesOverItIsSeenUntilItIsPutBack() {
        assertThat(holds(FIRST)).as("nothing is there").isEqualTo(CHANGED);
        publish(FIRST, 1);
        var published = content();
        assertThat(holds(FIRST)).isEqualTo(Outcome.done());
        assertThat(holds(SECOND)).isEqualTo(CHANGED);

        write(Map.of("theirs", "x"));
        assertThat(holds(FIRST)).as("no key of ours").isEqualTo(Outcome.done());
        write(Map.of("password", "second/value %"));
        assertThat(holds(FIRST)).as("one key of ours").isEqualTo(CHANGED);
        write(published);
        assertThat(holds(FIRST)).as("put back").isEqualTo(Outcome.done());
    }

    @Test
    void strangersValueInAPlaceThatWasIntactIsLeftAlone() {
        publish(FIRST, 1);
        write(Map.of("password", "somebody else's"));
        var version = version();
        var before = Instant.now().minusSeconds(2);

        var outcome = publishAgain("another", new Replaceable(List.of(FIRST, SECOND), true));

        assertThat(outcome).isInstanceOfSatisfying(Outcome.Done.class, done -> {
            var written = (Written) done.value();
            assertThat(written.by()).isEqualTo(Writer.STRANGER);
            assertThat(written.at()).isAfter(before);
            assertThat(written.secrets()).isEqualTo(read(branch()).secrets());
        });
        assertThat(version()).isEqualTo(version);
    }

    @Test
    void strangersValueInAPlaceThatWasNeverIntactIsWrittenOver() {
        write(Map.of("URL", "a mess"));

        assertThat(publishAgain("another", new Replaceable(List.of(FIRST, SECOND), false)))
                .isInstanceOf(Outcome.Done.class);

        assertThat(holds(SECOND)).isEqualTo(Outcome.done());
    }

    @Test
    void strangersValueInAPlaceThatThisRunHasWrittenIsLeftAlone() {
        write(Map.of("URL", "a mess"));
        publish(FIRST, 1);
        write(Map.of("password", "somebody else's"));

        assertThat(publish(SECOND, 2).by()).isEqualTo(Writer.STRANGER);

        assertThat(content()).containsEntry("password", "somebody else's");
    }

    /** By a run that the database of the runs has lost, for one: nobody who could say so is left. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatKeyturnWroteLastIsNoStrangersWhicheverRunItWas(boolean isMade) {
        if (!isMade) {
            write(Map.of("URL", "old", "password", "old"));
        }
        publish(FIRST, 1);

        publishAgain("another", new Replaceable(List.of(SECOND), true));

        assertThat(holds(SECOND)).isEqualTo(Outcome.done());
    }

    /** Where the whole run was lost, and made again with other values. */
    @Test
    void runThatIsMadeAgainWritesOverItsOwnStamp() {
        publish(FIRST, 1);

        var again = publish(
                new Stamp(new PublicationId(run + ".1"), 2, null), SECOND, new Replaceable(List.of(SECOND), true));

        assertThat(again).isInstanceOf(Outcome.Done.class);
        assertThat(holds(SECOND)).isEqualTo(Outcome.done());
    }

    @Test
    void valuesOfTheRunAndOtherKeysAreNoStrangers() {
        publish(FIRST, 1);
        write(Map.of("theirs", "x"));

        publishAgain("another", new Replaceable(List.of(FIRST, SECOND), true));

        assertThat(holds(SECOND)).isEqualTo(Outcome.done());
        assertThat(content()).containsEntry("theirs", "x");
    }

    /** Publishes the second credential as another run, until it is done. */
    protected final Outcome<Written> publishAgain(String otherRun, Replaceable replaceable) {
        var stamp = new Stamp(new PublicationId(otherRun + ".1"), 1, null);
        return await().until(() -> publish(stamp, SECOND, replaceable), told -> !(told instanceof Outcome.Waiting));
    }

    private Outcome<Boolean> holds(Credential credential) {
        return publisher().holds(policy(), branch(), credential, ATTRIBUTES);
    }

    /** Publishes until it is done. */
    protected final Written publish(Credential credential, int attempt) {
        Outcome<Written> outcome = await().pollInterval(Duration.ofMillis(10))
                .until(() -> publish(attempt, credential), told -> !(told instanceof Outcome.Waiting));
        assertThat(outcome).isInstanceOf(Outcome.Done.class);
        return ((Outcome.Done<Written>) outcome).value();
    }

    protected final Outcome<Written> publish(int attempt, Credential credential) {
        return publish(new Stamp(new PublicationId(run + "." + attempt), 1, null), credential);
    }

    private Outcome<Written> publish(Stamp stamp, Credential credential) {
        return publish(stamp, credential, new Replaceable(List.of(FIRST, SECOND), false));
    }

    private Outcome<Written> publish(Stamp stamp, Credential credential, Replaceable replaceable) {
        return publisher().publish(policy(), branch(), credential, ATTRIBUTES, stamp, replaceable);
    }

    protected final Outcome<Boolean> inspect() {
        return publisher().inspect(policy(), branch());
    }

    protected static Credential second() {
        return SECOND;
    }

    protected static Credential first() {
        return FIRST;
    }

    protected final String run() {
        return run;
    }
}
