package io.keyturn.rotation.target.postgres;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

import io.keyturn.contract.event.RetirementProof;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.testbed.page.Proves;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class PostgresSingleRoleIT extends PostgresConformance {
    @Override
    PostgresPlan plan(String host, int port, String prefix) {
        return Servers.single(host, port, prefix);
    }

    @Proves("R41")
    @ParameterizedTest
    @ValueSource(longs = {-3600, 3600})
    void oldSessionsAreToldFromNewOnesWhateverTheClockOfTheServerSays(long seconds) throws Exception {
        var clock = InstantSource.offset(InstantSource.system(), Duration.ofSeconds(seconds));
        var live = liveCredential();
        try (var next = credential(live.principal(), "next-value");
                var target = Servers.open(
                        plan(Servers.server().host(), Servers.server().port(), prefix),
                        Servers.superuser(Servers.server()),
                        clock)) {
            try (var _ = session(live)) {
                assertDone(target.apply(next));
                var applied = clock.instant();

                assertThat(target.unused(live, applied)).isEqualTo(Outcome.waiting(RotationReason.SESSIONS_STUCK));
            }
            var applied = clock.instant();
            await().untilAsserted(() -> assertDone(target.unused(live, applied)));
            try (var _ = session(next)) {
                // Once the way to the server is shorter than the time since.
                await().untilAsserted(() -> assertDone(target.unused(live, applied)));
            }
        }
    }

    @Test
    void sessionsOfTheOldPasswordAreEndedAndThoseOfTheNewOneStay() throws Exception {
        var live = liveCredential();
        try (var next = credential(live.principal(), "next-value");
                var target = Servers.open(
                        plan(Servers.server().host(), Servers.server().port(), prefix),
                        Servers.superuser(Servers.server()))) {
            try (var old = Servers.server().connect(prefix, live.principal(), Servers.FIRST)) {
                assertDone(target.apply(next));
                var applied = Instant.now();
                // Who comes sooner than the way to the server is long counts as old.
                await().until(() -> Instant.now().isAfter(applied.plusSeconds(1)));
                try (var fresh = Servers.server().connect(prefix, live.principal(), "next-value")) {
                    assertThat(target.retire(live, applied, true))
                            .isEqualTo(Outcome.done(RetirementProof.LOGIN_REFUSED));

                    assertThat(old.isValid(5)).isFalse();
                    assertThat(fresh.isValid(5)).isTrue();
                }
            }
        }
    }
}
