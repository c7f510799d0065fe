package io.keyturn.rotation.check;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpServer;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.rotation.RotationConfig;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.Fault;
import io.keyturn.rotation.policy.RotationPolicy.HttpPlan;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class HttpChecksIT {
    private static final HttpPlan CERTAIN = new HttpPlan(URI.create("http://192.0.2.1/"), Duration.ofSeconds(2));
    private static final Outcome<Boolean> FAILED = Outcome.waiting(RotationReason.VERIFY_FAILED);

    private final AtomicInteger calls = new AtomicInteger();
    private final HttpServer server;

    HttpChecksIT() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    }

    @BeforeEach
    void start() {
        server.createContext("/", exchange -> {
            calls.incrementAndGet();
            var path = exchange.getRequestURI().getPath();
            if (path.equals("/endless")) {
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().write('x');
                exchange.getResponseBody().flush();
                return;
            }
            exchange.getResponseHeaders().add("Location", "/200");
            exchange.sendResponseHeaders(Integer.parseInt(path.substring(1)), -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @ParameterizedTest
    @CsvSource({"200, true", "204, true", "302, false", "307, false", "404, false", "503, false"})
    void onlyAnAnswerOf2xxPassesAndNoRedirectIsFollowed(int status, boolean passes) {
        assertThat(check(true, local("/" + status))).isEqualTo(passes ? Outcome.done() : FAILED);
        assertThat(calls).hasValue(1);
    }

    @Test
    void everyCheckMustPass() {
        assertThat(check(true, local("/200"), local("/500"))).isEqualTo(FAILED);
    }

    @Test
    @Timeout(10)
    void bodyThatNeverEndsHoldsNobodyUp() {
        assertThat(check(true, local("/endless"))).isEqualTo(Outcome.done());
    }

    @Test
    void loopbackIsNotCalledUnlessTheInstallationAllowsIt() {
        assertThat(check(false, local("/200"))).isEqualTo(FAILED);
        assertThat(check(false, local("/200").replace("127.0.0.1", "checks.shop.svc")))
                .isEqualTo(FAILED);
        assertThat(calls).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://169.254.169.254/latest/meta-data",
                "http://[fe80::1]/",
                "http://[::ffff:169.254.169.254]/",
                "http://0.0.0.0/",
                "http://[::]/",
                "http://224.0.0.1/",
                "http://no-such-name.shop.svc/"
            })
    @Timeout(10)
    void addressesThatAreNobodysServiceAreNotCalled(String url) {
        assertThat(check(true, url)).isEqualTo(FAILED);
    }

    @Test
    void urlThatTheClientThrowsAtDoesNotPass() {
        assertThat(check(true, "http://127.0.0.1:70000/")).isEqualTo(FAILED);
    }

    @ParameterizedTest
    @CsvSource({
        "http://169.254.169.254/, false",
        "http://[fe80::1]/, false",
        "http://127.0.0.1/, false",
        "http://checks.shop.svc/, false",
        "http://no-such-name.shop.svc/, true",
        "http://192.0.2.1/, true"
    })
    void whatCouldNeverPassIsRefusedUpFront(String url, boolean allowed) {
        var plan = new HttpPlan(URI.create(url), Duration.ofSeconds(2));

        var forbidden = new HttpChecks(config(false)).forbidden(List.of(CERTAIN, plan));

        assertThat(forbidden.map(Fault::field))
                .isEqualTo(allowed ? Optional.empty() : Optional.of("spec.verify[1].http.url"));
    }

    @Test
    void everyCheckThatCouldNeverPassIsFound() {
        var never = new HttpPlan(URI.create("http://169.254.169.254/"), Duration.ofSeconds(2));

        assertThat(new HttpChecks(config(false)).allForbidden(List.of(never, CERTAIN, never)))
                .extracting(Fault::field)
                .containsExactly("spec.verify[0].http.url", "spec.verify[2].http.url");
    }

    private String local(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    private static Outcome<Boolean> check(boolean allowLoopback, String... urls) {
        var plans = List.of(urls).stream()
                .map(url -> new HttpPlan(URI.create(url), Duration.ofSeconds(2)))
                .toList();
        return new HttpChecks(config(allowLoopback)).pass(plans);
    }

    private static RotationConfig config(boolean allowLoopback) {
        return new RotationConfig() {
            @Override
            public Vault vault() {
                throw new UnsupportedOperationException();
            }

            @Override
            public Runner runner() {
                throw new UnsupportedOperationException();
            }

            @Override
            public Verify verify() {
                return () -> allowLoopback;
            }

            @Override
            public Drift drift() {
                throw new UnsupportedOperationException();
            }

            @Override
            public Leftovers leftovers() {
                throw new UnsupportedOperationException();
            }
        };
    }
}
