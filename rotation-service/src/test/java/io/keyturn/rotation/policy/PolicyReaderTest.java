package io.keyturn.rotation.policy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyturn.contract.codec.EventJson;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.resource.SecretRotationSpec;
import io.keyturn.rotation.credential.ValueForm.Characters;
import io.keyturn.rotation.credential.ValueForm.Words;
import io.keyturn.rotation.policy.PolicyReader.Result;
import io.keyturn.rotation.policy.RotationPolicy.DriftPlan;
import io.keyturn.rotation.policy.RotationPolicy.HttpPlan;
import io.keyturn.rotation.saga.Retirement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

class PolicyReaderTest {
    private static final ObjectRef POLICY = ObjectRef.secretRotation("shop", "orders-db");
    private static final Set<String> ATTRIBUTES = Set.of("host", "port", "database");
    private static final String GOOD = """
            {"target": {"postgres": {}},
             "store": {"vault": {"path": "shop/orders-db"}},
             "publish": [{"secret": {"name": "orders-db", "data": {"user": "{username}", "password": "{password}"}}}],
             "verify": [{"http": {"url": "http://orders-api.shop.svc/health", "timeout": "3s"}}],
             "consumers": {"deadline": "15m"}, "retire": {"after": "1h", "terminateSessions": true}}
            """;

    @Test
    void goodSpecBecomesAPolicy() {
        assertThat(read(GOOD)).isInstanceOfSatisfying(Result.Usable.class, usable -> {
            var policy = usable.policy();
            assertThat(policy.consumerDeadline()).isEqualTo(Duration.ofMinutes(15));
            assertThat(policy.grace()).isEqualTo(Duration.ofHours(1));
            assertThat(policy.terminateSessions()).isTrue();
            assertThat(policy.checks())
                    .singleElement()
                    .satisfies(check -> assertThat(check.timeout()).isEqualTo(Duration.ofSeconds(3)));
            assertThat(policy.form()).isEqualTo(Characters.USUAL);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "'', AFTER_READERS",
        "', \"compromised\": \"AfterReaders\"', AFTER_READERS",
        "', \"compromised\": \"BeforeReaders\"', BEFORE_READERS"
    })
    void oldValueDiesFirstInAnEmergencyOnlyAndWhereThatIsAskedFor(String more, Retirement inEmergency) {
        var spec = GOOD.replace("\"terminateSessions\": true", "\"terminateSessions\": true" + more);

        assertThat(read(spec)).isInstanceOfSatisfying(Result.Usable.class, usable -> {
            assertThat(usable.policy().retirement()).isEqualTo(Retirement.AFTER_READERS);
            assertThat(usable.policy().inEmergency().retirement()).isEqualTo(inEmergency);
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/target|null|spec.target: name exactly one target",
                "/generate|{\"length\": 12}|spec.generate.length: must give at least 128 bits",
                "/generate|{\"length\": 31, \"alphabet\": \"hex\"}|spec.generate.length: must give at least 128 bits",
                "/generate|{\"length\": 129}|spec.generate.length: must give at least 128 bits and be at most 128 characters",
                "/verify/0/http/url|\"orders-api/health\"|spec.verify[0].http.url: must be an http or https URL",
                "/verify/0/http/url|\"ftp://orders-api/health\"|spec.verify[0].http.url: must be an http or https URL",
                "/verify/0/http/url|\"//orders-api/health\"|spec.verify[0].http.url: must be an http or https URL",
                "/verify/0/http/url|\"http:///health\"|spec.verify[0].http.url: must be an http or https URL",
                "/verify/0/http/url|\"http://me:pw@orders-api/\"|spec.verify[0].http.url: must be without user name and password",
                "/verify/0/http/url|\"http://a b/\"|spec.verify[0].http.url: the host must be a DNS name of letters, digits",
                "/verify/0/http/url|\"http://a_b.shop.svc/\"|spec.verify[0].http.url: the host must be a DNS name of letters, digits",
                "/verify/0/http/url|\"http://fd00::1:1/\"|spec.verify[0].http.url: the host must be a DNS name of letters, digits",
                "/verify/0/http/url|\"http://x.shop.svc:0/\"|spec.verify[0].http.url: the port must be 1 to 65535",
                "/verify/0/http/url|\"http://x.shop.svc:65536/\"|spec.verify[0].http.url: the port must be 1 to 65535",
                "/verify/0/http/url|\"http://x.shop.svc:99999999999/\"|spec.verify[0].http.url: the port must be 1 to 65535",
                "/verify/0/http/url|\"http://x.shop.svc/?q={a}\"|spec.verify[0].http.url: a URL cannot hold all of these characters",
                "/verify/0/http/url|\"http://x.shop.svc/%zz\"|and % itself, as % and two hexadecimal digits",
                "/verify/0/http|null|spec.verify[0].http.url: must be an http or https URL",
                "/verify/0/http/timeout|\"0s\"|spec.verify[0].http.timeout: must be 1s to 60s",
                "/verify/0/http/timeout|\"2h\"|spec.verify[0].http.timeout: must be 1s to 60s",
                "/driftCheck|{\"every\": \"59s\"}|spec.driftCheck.every: must be at least one minute",
            })
    void faultNamesTheFieldAndTheFix(String pointer, String value, String fault) throws IOException {
        var result = read(changed(pointer, value));

        assertThat(result)
                .isInstanceOfSatisfying(
                        Result.Faulty.class,
                        faulty -> assertThat(faulty.faults())
                                .extracting(Fault::toString)
                                .singleElement()
                                .asString()
                                .contains(fault));
    }

    @Test
    void driftIsLookedForEveryHourAndMendedUnlessTheSpecSaysOtherwise() throws IOException {
        assertThat(drift(GOOD)).isEqualTo(new DriftPlan(Duration.ofHours(1), true));
        assertThat(drift(changed("/driftCheck", "{\"every\": \"1m\"}")))
                .isEqualTo(new DriftPlan(Duration.ofMinutes(1), true));
        assertThat(drift(changed("/driftCheck", "{\"repair\": \"Never\"}")))
                .isEqualTo(new DriftPlan(Duration.ofHours(1), false));
    }

    private static DriftPlan drift(String spec) {
        return ((Result.Usable) read(spec)).policy().drift();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://x.shop.svc:65535/",
                "https://X.shop.svc.:1?a[0]=%7B#part",
                "http://[fd00::1]:8080/a;b/%7e'(c)?d=/?",
                "http://10.0.0.1"
            })
    void urlThatAClientTakesIsUsable(String url) throws IOException {
        assertThat(read(changed("/verify/0/http/url", "\"" + url + "\"")))
                .isInstanceOfSatisfying(
                        Result.Usable.class,
                        usable -> assertThat(usable.policy().checks())
                                .extracting(HttpPlan::url)
                                .containsExactly(URI.create(url)));
    }

    /** What a client would throw at would be met in the middle of a run. */
    @Test
    void whateverIsLetThroughIsTakenByAClient() {
        var random = new Random(7);
        int taken = 0;
        for (int i = 0; i < 20_000; i++) {
            var text = new StringBuilder("http://");
            random.ints(12, ' ', 0x80).forEach(text::appendCodePoint);
            text.setCharAt(9 + random.nextInt(3), "/:?#".charAt(random.nextInt(4)));
            if (CheckUrl.read(text.toString()) instanceof CheckUrl.Callable(var url)) {
                assertThatCode(() -> HttpRequest.newBuilder(url)).doesNotThrowAnyException();
                taken++;
            }
        }
        assertThat(taken).isGreaterThan(100);
    }

    @Test
    void allFaultsAreToldAtOnce() throws IOException {
        var store = List.of(new Fault("spec.store", "name exactly one store"));
        var publications =
                new PublicationFacts(List.of(new Fault("spec.publish", "name at least one Secret")), List.of());

        var result = read(changed("/generate", "{\"length\": 12}"), facts(), store, publications);

        assertThat(result)
                .isInstanceOfSatisfying(
                        Result.Faulty.class,
                        faulty -> assertThat(faulty.faults())
                                .extracting(Fault::field)
                                .containsExactly("spec.store", "spec.publish", "spec.generate.length"));
    }

    @Test
    void policySaysWhatItsKindsSaid() {
        var secrets = List.of(ObjectRef.secret("shop", "orders-db"), ObjectRef.secret("jobs", "copied"));
        var patient = new TargetFacts(List.of(), ATTRIBUTES, true, null, Duration.ofHours(6));

        assertThat(read(GOOD, patient, List.of(), new PublicationFacts(List.of(), secrets)))
                .isInstanceOfSatisfying(Result.Usable.class, usable -> {
                    assertThat(usable.policy().secrets()).isEqualTo(secrets);
                    assertThat(usable.policy().patience()).isEqualTo(Duration.ofHours(6));
                });
    }

    @Test
    void policyCarriesTheFormThatIsAskedFor() throws IOException {
        assertThat(read(changed("/generate", "{\"words\": 8}")))
                .isInstanceOfSatisfying(
                        Result.Usable.class,
                        usable -> assertThat(usable.policy().form()).isEqualTo(new Words(8)));
    }

    @Test
    void missingSpecIsAFaultAndNoCrash() {
        assertThat(PolicyReader.read(POLICY, "uid", null, facts(), List.of(), publications()))
                .isInstanceOf(Result.Faulty.class);
    }

    private static Result read(String spec) {
        return read(spec, facts(), List.of(), publications());
    }

    private static Result read(String spec, TargetFacts target, List<Fault> store, PublicationFacts publications) {
        try {
            return PolicyReader.read(
                    POLICY,
                    "uid",
                    EventJson.mapper().readValue(spec, SecretRotationSpec.class),
                    target,
                    store,
                    publications);
        } catch (IOException e) {
            throw new IllegalArgumentException("not a spec: " + spec, e);
        }
    }

    private static TargetFacts facts() {
        return new TargetFacts(List.of(), ATTRIBUTES, true, "orders-db.shop.svc", null);
    }

    private static PublicationFacts publications() {
        return new PublicationFacts(List.of(), List.of(ObjectRef.secret("shop", "orders-db")));
    }

    /** The good spec with one field set to some JSON. */
    private static String changed(String pointer, String json) throws IOException {
        var mapper = new ObjectMapper();
        var spec = mapper.readTree(GOOD);
        int last = pointer.lastIndexOf('/');
        JsonNode parent = last == 0 ? spec : spec.at(pointer.substring(0, last));
        ((ObjectNode) parent).set(pointer.substring(last + 1), mapper.readTree(json));
        return spec.toString();
    }
}
