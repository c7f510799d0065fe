package io.keyturn.system;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

import io.keyturn.contract.event.RotationRolledBack;
import io.keyturn.testbed.canary.SecretCanary;
import io.keyturn.testbed.page.Proves;
import io.keyturn.testbed.platform.ServiceJar;
import io.keyturn.testbed.platform.TraceSink;
import io.keyturn.testbed.process.RunFolder;
import io.keyturn.testbed.shop.Shop;
import io.keyturn.testbed.shop.Shop.Strategy;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A value is where it belongs (Vault, the target, the published Secret) and nowhere else, whatever happened to it. What is searched
 * holds what the tests before left in it, and so do the values that are searched for.
 */
class NoSecretLeaksST {
    private static final String NAMESPACE = "leak";

    private final Map<String, String> planted = new HashMap<>();

    @Proves("I7")
    @Test
    void noValueIsFoundWhereNoneMayBe() {
        var scenario = Scenario.adopted(NAMESPACE, Strategy.ALTERNATING, Duration.ofSeconds(60));
        var shop = scenario.shop();
        scenario.succeeds(scenario.rotate("one"));
        plant("rotated", shop.published());

        var before = shop.published();
        shop.setDeadline(Duration.ofSeconds(16));
        Keyturn.pods().breakHealth(NAMESPACE, "orders-api");
        var run = scenario.rotate("two");
        plant("rolled back", await().atMost(Scenario.PATIENCE).until(shop::published, url -> !url.equals(before)));
        assertThat(scenario.end(run)).isInstanceOf(RotationRolledBack.class);
        Keyturn.pods().repairHealth(NAMESPACE, "orders-api");
        shop.awaitAvailable();
        Keyturn.shops().forEach(this::plant);
        assertThat(planted.keySet()).contains("rotated", "rolled back", "leak: live", "leak: first 1");
        awaitSpansOfAllServices();

        var report = search();

        assertThat(report.finds()).isEmpty();
        assertThat(report.searched())
                .containsOnlyKeys("records", "rows", "files", "objects", "answers", "exports")
                .allSatisfy((kind, count) -> assertThat(count).as(kind).isPositive());
    }

    /** What a shop began with and has now, whichever test opened it: what that left behind is searched as well. */
    private void plant(Shop shop) {
        int number = 0;
        for (var password : shop.firstPasswords()) {
            planted.put(shop.namespace() + ": first " + ++number, password);
        }
        planted.put(shop.namespace() + ": live", shop.live("password"));
        plant(shop.namespace() + ": published", shop.published());
    }

    private void plant(String name, String url) {
        planted.put(name, URI.create(url).getUserInfo().split(":", 2)[1]);
    }

    /** They are exported every few seconds. */
    private static void awaitSpansOfAllServices() {
        var all = Stream.of(ServiceJar.values()).map(ServiceJar::principal).toList();
        await("spans of all services")
                .atMost(Scenario.PATIENCE)
                .untilAsserted(() -> assertThat(Keyturn.traces().spans())
                        .extracting(TraceSink.Span::service)
                        .containsAll(all));
    }

    private SecretCanary.Report search() {
        var testbed = Keyturn.testbed();
        var secrets = Keyturn.shops().stream()
                .map(shop -> shop.namespace() + "/" + Shop.SECRET)
                .toList();
        return new SecretCanary(planted)
                .searchKafka(testbed.kafka())
                .searchPostgres(testbed.postgres())
                .searchFiles(RunFolder.path())
                .searchKubernetes(testbed.kubernetes().admin(), secrets)
                .searchTraces(Keyturn.traces())
                .searchHttp(answers())
                .report();
    }

    /** What is asked, with the status of the answer: what is known, what is refused and what is not there. */
    private static Map<URI, Integer> answers() {
        var answers = new HashMap<URI, Integer>();
        for (var service : Keyturn.platform().services()) {
            answers.put(service.url("/q/metrics"), 200);
            answers.put(service.url("/q/health"), 200);
            answers.put(service.url("/none"), 404);
        }
        var audit = Keyturn.service(ServiceJar.AUDIT);
        answers.put(audit.url("/audit/events?limit=1000"), 200);
        answers.put(audit.url("/audit/events?limit=1000&namespace=" + NAMESPACE), 200);
        answers.put(audit.url("/audit/events?limit=0"), 400);
        answers.put(audit.url("/audit/events?name=" + Shop.SECRET), 400);
        answers.put(audit.url("/audit/verify"), 200);
        answers.put(audit.url("/audit/verify?expectedSeq=1"), 400);
        var restart = Keyturn.service(ServiceJar.RESTART);
        var secret = "namespace=" + NAMESPACE + "&name=" + Shop.SECRET;
        answers.put(restart.url("/restarts/plans?namespace=" + NAMESPACE), 200);
        answers.put(restart.url("/restarts/plans"), 400);
        answers.put(restart.url("/restarts/readers?kind=Secret&" + secret), 200);
        answers.put(restart.url("/restarts/readers?kind=Pod&" + secret), 400);
        return answers;
    }
}
