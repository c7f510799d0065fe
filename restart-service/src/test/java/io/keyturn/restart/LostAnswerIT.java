package io.keyturn.restart;

import java.net.URI;
import java.util.List;
import java.util.Map;

import io.keyturn.testbed.fault.LostAnswers;
import io.keyturn.testbed.page.Proves;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static io.keyturn.restart.Shop.ASKS;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

/** The Kubernetes API has done what it was asked for, and its answer never comes: each answer to a restart, one by one. */
@QuarkusTest
@TestProfile(LostAnswerIT.Lossy.class)
class LostAnswerIT extends RestartScenario {
    /** More than a restart has. */
    private static final int MANY = 40;

    /** The servers of this profile are all there are. */
    public static final class Lossy implements QuarkusTestProfile {
        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(Servers.class));
        }

        @Override
        public boolean disableGlobalTestResources() {
            return true;
        }
    }

    /** The servers as ever, the Kubernetes API behind a proxy. */
    public static final class Servers extends RestartServers {
        private static final String API = "quarkus.kubernetes-client.api-server-url";
        private static @Nullable LostAnswers link;

        static LostAnswers link() {
            return requireNonNull(link);
        }

        @Override
        public Map<String, String> start() {
            var settings = super.start();
            var api = URI.create(requireNonNull(settings.get(API)));
            link = LostAnswers.before(api.getHost(), api.getPort());
            settings.put(API, api.getScheme() + "://" + api.getHost() + ":" + link().port());
            return settings;
        }

        @Override
        public void stop() {
            link().close();
            super.stop();
        }
    }

    @Test
    @Proves({"R08", "I5"})
    void workloadIsRolledOnceWhicheverAnswerIsLost() {
        shop.deployment("api", ASKS, "db", "PASSWORD");
        adopted("db", "PASSWORD=0");

        int answers = 0;
        do {
            long lost = ++answers;
            assertThat(answers).as("a restart has fewer answers").isLessThan(MANY);
            Servers.link().lose(answer -> answer == lost);
            shop.changed("db", null, "PASSWORD=" + answers);
            assertThat(completed(answers)).hasSize(answers).allMatch(restart -> restart.rolled() == 1);
            assertThat(shop.generation("api")).isEqualTo(1 + answers);
        } while (Servers.link().lost() > 0);

        assertThat(answers).as("some were lost").isGreaterThan(2);
    }
}
