package io.keyturn.rotation.target.postgres;

import java.io.IOException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.util.Base64;
import java.util.List;

import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

import io.keyturn.contract.codec.EventJson;
import io.keyturn.contract.resource.PostgresTarget;
import io.keyturn.rotation.policy.Claim;
import io.keyturn.rotation.policy.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class PostgresPlanTest {
    private static final String ALTERNATING = """
            {"host": "db.shop.svc", "database": "orders", "owner": "o", "roles": ["a", "b"],
             "admin": {"vault": {"path": "shop/admin"}}}""";
    private static final String SINGLE = """
            {"host": "db.shop.svc", "database": "orders", "strategy": "SingleRole", "role": "a",
             "admin": {"vault": {"path": "shop/admin"}}}""";

    @Test
    void completeBranchesHaveNoFaults() throws IOException {
        assertThat(faults(ALTERNATING)).isEmpty();
        assertThat(faults(SINGLE)).isEmpty();
        assertThat(faults(ALTERNATING.replace("db.shop.svc", "fd00::1"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"host\": \"db.shop.svc\", || .host: name the server",
                "db.shop.svc|db:5432|.host: name the server by host name or address, without port or scheme",
                "db.shop.svc|db/x?socketFactory=evil|.host: name the server by host name",
                "db.shop.svc|a,b|.host: name the server by host name",
                "\"database\": \"orders\"|\"database\": \"\"|.database: name the database",
                "\"database\": \"orders\"|\"database\": \"o?ssl=false\"|.database: name the database in letters",
                "\"database\": \"orders\"|\"database\": \"orders\", \"port\": 0|.port: must be 1..65535",
                "\"owner\": \"o\", ||.owner: AlternatingRoles needs the NOLOGIN role",
                "[\"a\", \"b\"]|[\"a\", \"a\"]|.roles: AlternatingRoles needs two different login roles",
                "[\"a\", \"b\"]|[\"a\", \"o\"]|neither of them the owner",
                "[\"a\", \"b\"]|[\"a\"]|.roles: AlternatingRoles needs two different login roles",
                "[\"a\", \"b\"]|[\"a\", \"b\", \"c\"]|.roles: AlternatingRoles needs two different login roles",
                "[\"a\", \"b\"]|[\"a\", \"b c\"]|.roles: name roles in letters, digits",
                "[\"a\", \"b\"]|[\"a\", \"b'; drop\"]|.roles: name roles in letters, digits",
                "\"owner\"|\"role\": \"x\", \"owner\"|.role: belongs to SingleRole; remove it",
            })
    void faultNamesTheFieldAndTheFix(String from, String to, String fault) throws IOException {
        assertThat(faults(ALTERNATING.replace(from, to == null ? "" : to)))
                .anySatisfy(text ->
                        assertThat(text).startsWith("spec.target.postgres").contains(fault.strip()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"db", "db.shop", "DB.shop.svc", "db.shop.svc.cluster.local"})
    void roleOfOneServerIsOneClaimWhateverTheServerIsCalled(String host) throws IOException {
        assertThat(claims(ALTERNATING.replace("db.shop.svc", host), "shop"))
                .containsExactly(
                        new Claim("spec.target.postgres.roles", "postgres db.shop:5432/a"),
                        new Claim("spec.target.postgres.roles", "postgres db.shop:5432/b"));
    }

    @Test
    void claimsOfAnotherServerAreOthers() throws IOException {
        assertThat(claims(SINGLE, "shop"))
                .containsExactly(new Claim("spec.target.postgres.role", "postgres db.shop:5432/a"))
                .doesNotContainAnyElementsOf(claims(SINGLE.replace("db.shop.svc", "db"), "away"))
                .doesNotContainAnyElementsOf(claims(SINGLE.replace("\"role\"", "\"port\": 5433, \"role\""), "shop"));
        assertThat(claims("{}", "shop")).isEmpty();
    }

    private static List<Claim> claims(String json, String namespace) throws IOException {
        return PostgresPlan.claims(namespace, EventJson.mapper().readValue(json, PostgresTarget.class));
    }

    @Test
    void singleRoleTakesOneRoleAndNothingElse() throws IOException {
        assertThat(faults(SINGLE.replace("\"role\": \"a\",", "")))
                .containsExactly("spec.target.postgres.role: SingleRole needs the login role");
        assertThat(faults(SINGLE.replace("\"role\"", "\"owner\": \"o\", \"role\"")))
                .containsExactly("spec.target.postgres.roles: roles and owner belong to AlternatingRoles; remove them");
    }

    /** The server would answer to nobody with a bundle that cannot be read, and nobody would say why. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-----BEGIN CERTIFICATE-----\\n(your PEM)\\n-----END CERTIFICATE-----\\n",
                "-----BEGIN CERTIFICATE-----\\nMIIB\\n-----END CERTIFICATE-----\\n",
                "-----BEGIN CERTIFICATE-----\\n"
            })
    void bundleWithoutACertificateIsRefused(String bundle) throws IOException {
        assertThat(faults(tls(bundle)))
                .singleElement()
                .asString()
                .startsWith(
                        "spec.target.postgres.tls.caBundle: no certificate can be read in it; paste the authority's PEM");
    }

    @Test
    void bundleOfAuthoritiesHasNoFault() throws Exception {
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        var trusted = ((X509TrustManager) factory.getTrustManagers()[0]).getAcceptedIssuers();
        var bundle = pem(trusted[0]) + pem(trusted[1]);

        assertThat(faults(tls(bundle))).isEmpty();
        assertThat(faults(tls(bundle + "-----BEGIN CERTIFICATE-----\\nMIIB\\n-----END CERTIFICATE-----\\n")))
                .hasSize(1);
    }

    private static String pem(Certificate certificate) throws CertificateEncodingException {
        return "-----BEGIN CERTIFICATE-----\\n" + Base64.getEncoder().encodeToString(certificate.getEncoded())
                + "\\n-----END CERTIFICATE-----\\n";
    }

    private static String tls(String bundle) {
        return ALTERNATING.replace("\"owner\"", "\"tls\": {\"caBundle\": \"" + bundle + "\"}, \"owner\"");
    }

    private static java.util.List<String> faults(String json) throws IOException {
        var branch = EventJson.mapper().readValue(json, PostgresTarget.class);
        return PostgresPlan.of(branch).faults(branch).stream()
                .map(Fault::toString)
                .toList();
    }
}
