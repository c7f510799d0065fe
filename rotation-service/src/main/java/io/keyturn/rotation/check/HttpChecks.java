package io.keyturn.rotation.check;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

import jakarta.enterprise.context.ApplicationScoped;

import io.keyturn.contract.event.RotationReason;
import io.keyturn.rotation.RotationConfig;
import io.keyturn.rotation.outcome.Outcome;
import io.keyturn.rotation.policy.Fault;
import io.keyturn.rotation.policy.RotationPolicy.HttpPlan;

/**
 * GETs that must answer with 2xx. A user's URL is not trusted: no redirects are followed, and the addresses behind the name must
 * not be link-local (cloud metadata), any-local or multicast, nor loopback unless the installation says so.
 */
@ApplicationScoped
public class HttpChecks {
    private static final String FORBIDDEN =
            " resolves to an address that must not be called (link-local, loopback, …); name a service of yours";

    private final HttpClient http = HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final RotationConfig config;

    HttpChecks(RotationConfig config) {
        this.config = config;
    }

    /**
     * What could never pass: the first name that stands for a forbidden address, which is not told: a name server's answers are not
     * for everybody. A name that is not known yet may come to be. Asks name servers, so it may take its time.
     *
     * @param checks those of spec.verify, in their order
     */
    public Optional<Fault> forbidden(List<HttpPlan> checks) {
        return IntStream.range(0, checks.size())
                .mapToObj(i -> forbidden(i, checks.get(i)))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** The same, and all of them. */
    public List<Fault> allForbidden(List<HttpPlan> checks) {
        return IntStream.range(0, checks.size())
                .mapToObj(i -> forbidden(i, checks.get(i)))
                .flatMap(Optional::stream)
                .toList();
    }

    private Optional<Fault> forbidden(int number, HttpPlan check) {
        var host = check.url().getHost();
        try {
            return mayCall(host)
                    ? Optional.empty()
                    : Optional.of(new Fault("spec.verify[" + number + "].http.url", host + FORBIDDEN));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    /** Waiting until all of them pass. */
    public Outcome<Boolean> pass(List<HttpPlan> checks) {
        for (var check : checks) {
            if (!passes(check)) {
                return Outcome.waiting(RotationReason.VERIFY_FAILED);
            }
        }
        return Outcome.done();
    }

    private boolean passes(HttpPlan check) {
        try {
            if (!mayCall(check.url().getHost())) {
                return false;
            }
            var request = HttpRequest.newBuilder(check.url())
                    .timeout(check.timeout())
                    .GET()
                    .build();
            // The time-out covers the headers only; the body is of no interest and may never end.
            var answer = http.send(request, BodyHandlers.ofInputStream());
            try (var _ = answer.body()) {
                return answer.statusCode() >= 200 && answer.statusCode() < 300;
            }
        } catch (IOException | RuntimeException e) {
            // What the client throws at without a call is no answer either.
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The JVM keeps what a name stands for (30 s), so the client calls the addresses that were looked at here. */
    private boolean mayCall(String host) throws UnknownHostException {
        for (var address : InetAddress.getAllByName(host)) {
            if (isNobodysService(address)
                    || address.isLoopbackAddress() && !config.verify().allowLoopback()) {
                return false;
            }
        }
        return true;
    }

    /** Link-local, any, multicast; the metadata address of a cloud in IPv6, and IPv4 addresses in the guise of NAT64. */
    static boolean isNobodysService(InetAddress address) {
        var text = HexFormat.of().formatHex(address.getAddress());
        return address.isLinkLocalAddress()
                || address.isAnyLocalAddress()
                || address.isMulticastAddress()
                || text.length() == 32 && (text.startsWith("fd000ec2") || text.startsWith("0064ff9b"));
    }
}
