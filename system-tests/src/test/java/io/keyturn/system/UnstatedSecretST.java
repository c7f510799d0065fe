package io.keyturn.system;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;

import io.keyturn.contract.event.EventType;
import io.keyturn.contract.event.RequestReason;
import io.keyturn.contract.event.RestartCompleted;
import io.keyturn.contract.event.RotationPublished;
import io.keyturn.contract.event.RotationRequested;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.contract.reference.Uid;
import io.keyturn.contract.topic.Service;
import io.keyturn.testbed.page.Proves;
import io.keyturn.testbed.platform.ServiceJar;
import io.keyturn.testbed.shop.Shop.Strategy;
import org.junit.jupiter.api.Test;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

/** The first thing ever stated about a Secret may be a new value: its readers move all the same. */
class UnstatedSecretST {
    private static final String NAMESPACE = "unstated";

    /** Within the first half of it the watcher must be back. */
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    @Proves("I5")
    @Test
    void aSecretThatWasRotatedBeforeAnyWatcherSawItMovesItsReaders() throws ExecutionException, InterruptedException {
        Keyturn.service(ServiceJar.WATCHER).kill();
        Scenario scenario;
        Map<String, Long> generations;
        RotationId run;
        try {
            scenario = Scenario.adoptedUnstated(Keyturn.shop(NAMESPACE), Strategy.ALTERNATING, DEADLINE);
            generations = scenario.generations();
            run = request(scenario);
            Keyturn.facts().await(NAMESPACE, run, EventType.ROTATION_PUBLISHED);
        } finally {
            Keyturn.service(ServiceJar.WATCHER).restart();
        }

        scenario.succeeds(run);
        assertThat(scenario.generations()).isEqualTo(Scenario.rolled(generations, 1));
        scenario.awaitOnly("b");
        scenario.assertNobodyWasRefused();
        assertThat(Keyturn.facts().of(NAMESPACE, RotationPublished.class))
                .extracting(RotationPublished::publication)
                .containsExactly(PublicationId.of(run, 1), PublicationId.of(run, 2));
        assertThat(Keyturn.facts().of(NAMESPACE, RestartCompleted.class))
                .extracting(RestartCompleted::rolled)
                .as("at first sight, and when it was said again")
                .containsExactly(0, 3);
    }

    /** In the place of the watcher. */
    private static RotationId request(Scenario scenario) throws ExecutionException, InterruptedException {
        var rotation = scenario.shop().rotation().get().getMetadata();
        var id = new RotationId("unstated");
        Forgery.say(
                Service.WATCHER,
                List.of(new RotationRequested(
                        ObjectRef.secretRotation(NAMESPACE, rotation.getName()),
                        new Uid(rotation.getUid()),
                        id,
                        RequestReason.MANUAL,
                        new RotationId(requireNonNull(scenario.shop().status("lastRotation.id"))),
                        null,
                        null,
                        Instant.now())));
        return id;
    }
}
