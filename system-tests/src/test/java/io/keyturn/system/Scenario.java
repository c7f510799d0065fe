package io.keyturn.system;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.keyturn.contract.event.RotationEvent;
import io.keyturn.contract.event.RotationFailed;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.event.RotationRequested;
import io.keyturn.contract.event.RotationRolledBack;
import io.keyturn.contract.event.RotationSucceeded;
import io.keyturn.contract.event.SecretChanged;
import io.keyturn.contract.reference.RotationId;
import io.keyturn.testbed.shop.Shop;
import io.keyturn.testbed.shop.Shop.Strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A shop whose credential Keyturn looks after, asked and judged from outside only. */
final class Scenario {
    static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Shop shop;

    private Scenario(Shop shop) {
        this.shop = shop;
    }

    /** Opens a shop and waits until its credential is adopted. */
    static Scenario adopted(String namespace, Strategy strategy, Duration consumersDeadline) {
        return adopted(Keyturn.shop(namespace), strategy, consumersDeadline);
    }

    /** The same with a shop that is open already. */
    static Scenario adopted(Shop shop, Strategy strategy, Duration consumersDeadline) {
        var scenario = adoptedUnstated(shop, strategy, consumersDeadline);
        awaitStated(shop);
        return scenario;
    }

    /** The same whether or not a watcher is there to state what the Secret holds. */
    static Scenario adoptedUnstated(Shop shop, Strategy strategy, Duration consumersDeadline) {
        shop.startRotation(strategy, consumersDeadline);
        awaitCondition(shop, "Adopted", "True");
        return new Scenario(shop);
    }

    /** Until the watcher has stated what the Secret holds: only then is the next value a change to restart-service. */
    static void awaitStated(Shop shop) {
        await("the Secret is stated")
                .atMost(PATIENCE)
                .until(() -> Keyturn.facts().of(shop.namespace(), SecretChanged.class).stream()
                        .anyMatch(changed -> changed.about().name().equals(Shop.SECRET)));
    }

    static void awaitCondition(Shop shop, String type, String status) {
        await(type + "=" + status)
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(shop.condition(type, "status"))
                        .as(() -> shop.condition(type, "reason") + ": " + shop.condition(type, "message"))
                        .isEqualTo(status));
    }

    Shop shop() {
        return shop;
    }

    String namespace() {
        return shop.namespace();
    }

    /** Asks for a run by annotation, and waits until watcher-service has said so. */
    RotationId rotate(String token) {
        var before = requests();
        shop.rotateNow(token);
        return Keyturn.facts()
                .await(namespace(), RotationRequested.class, request -> !before.contains(request.id()))
                .id();
    }

    private Set<RotationId> requests() {
        return Keyturn.facts().of(namespace(), RotationRequested.class).stream()
                .map(RotationRequested::id)
                .collect(Collectors.toSet());
    }

    /** Waits for the end of that run, whatever it is, and until status tells it too. */
    RotationEvent end(RotationId run) {
        var end = Keyturn.facts()
                .await(
                        namespace(),
                        RotationEvent.class,
                        event -> event.run().id().equals(run) && isEnd(event));
        await("status")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(shop.status("lastRotation.id")).isEqualTo(run.value()));
        return end;
    }

    void succeeds(RotationId run) {
        assertThat(end(run)).isInstanceOf(RotationSucceeded.class);
        assertThat(shop.status("phase")).isEqualTo("Succeeded");
        shop.awaitAvailable();
    }

    void rollsBack(RotationId run, RotationReason reason) {
        assertThat(end(run))
                .isInstanceOfSatisfying(
                        RotationRolledBack.class,
                        end -> assertThat(end.reason()).isEqualTo(reason));
        assertThat(shop.status("phase")).isEqualTo("RolledBack");
        assertThat(shop.status("lastRotation.reason")).isEqualTo(reason.name());
    }

    private static boolean isEnd(RotationEvent event) {
        return event instanceof RotationSucceeded
                || event instanceof RotationRolledBack
                || event instanceof RotationFailed;
    }

    /** How many versions the live credential has had. */
    int vaultVersion() {
        return Keyturn.testbed()
                .openBao()
                .api()
                .read("secret/metadata/" + namespace() + "/orders-db")
                .orElseThrow()
                .at("/data/current_version")
                .asInt();
    }

    /** How often each application was rolled. */
    Map<String, Long> generations() {
        var generations = new TreeMap<String, Long>();
        Shop.APPS.forEach(app -> generations.put(app, shop.generation(app)));
        return generations;
    }

    /** What {@link #generations} is after that many more roll-outs of every application. */
    static Map<String, Long> rolled(Map<String, Long> before, int times) {
        var after = new TreeMap<>(before);
        after.replaceAll((_, generation) -> generation + times);
        return after;
    }

    boolean refused(String url) {
        return Logins.refused(Keyturn.testbed().postgres(), url);
    }

    /** Waits until every running pod has logged in with that role and no other. */
    void awaitOnly(String role) {
        await("all pods use " + role)
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Keyturn.pods().ledger().usersInUse(namespace()))
                        .containsExactly(shop.role(role)));
    }

    void assertNobodyWasRefused() {
        assertThat(Keyturn.pods().ledger().failedLogins(namespace())).isEqualTo(List.of());
    }
}
