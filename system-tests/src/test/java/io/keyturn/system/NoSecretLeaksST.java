package io.keyturn.system;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.keyturn.contract.event.RotationRolledBack;
import io.keyturn.testbed.canary.SecretCanary;
import io.keyturn.testbed.process.RunFolder;
import io.keyturn.testbed.shop.Shop;
import io.keyturn.testbed.shop.Shop.Strategy;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A value is where it belongs (Vault, the target, the published Secret) and nowhere else, whatever happened to it. */
class NoSecretLeaksST {
    private static final String NAMESPACE = "leak";

    private final Map<String, String> planted = new HashMap<>();

    @Test
    void noValueIsFoundWhereNoneMayBe() {
        var scenario = Scenario.adopted(NAMESPACE, Strategy.ALTERNATING, Duration.ofSeconds(60));
        var shop = scenario.shop();
        int number = 0;
        for (var password : shop.firstPasswords()) {
            planted.put("first password " + ++number, password);
        }
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
        assertThat(planted).hasSize(shop.firstPasswords().size() + 2);

        var report = search();

        assertThat(report.finds()).isEmpty();
        assertThat(report.searched())
                .containsOnlyKeys("records", "rows", "files", "objects", "answers", "bytes")
                .allSatisfy((kind, count) -> assertThat(count).as(kind).isPositive());
    }

    private void plant(String name, String url) {
        planted.put(name, URI.create(url).getUserInfo().split(":", 2)[1]);
    }

    private SecretCanary.Report search() {
        var testbed = Keyturn.testbed();
        var canary = new SecretCanary(planted)
                .searchKafka(testbed.kafka())
                .searchPostgres(testbed.postgres())
                .searchFiles(RunFolder.path())
                .searchKubernetes(testbed.kubernetes().admin(), List.of(NAMESPACE + "/" + Shop.SECRET))
                .searchHttp(answers());
        Keyturn.traces().received().forEach(export -> canary.searchBytes("exported spans", export));
        return canary.report();
    }

    private static List<URI> answers() {
        var paths =
                List.of("/q/metrics", "/q/health", "/audit/events?limit=1000", "/audit/verify", "/restarts", "/none");
        return Keyturn.platform().services().stream()
                .flatMap(service -> paths.stream().map(service::url))
                .toList();
    }
}
