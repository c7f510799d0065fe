package io.keyturn.audit.record;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CanonicalTest {
    @Test
    void fieldsAreNetstringsInFixedOrder() {
        var bytes = Canonical.bytes(1, SampleFacts.fact(0, "r1", "{\"è\":1}"), SampleFacts.RECORDED);

        assertThat(new String(bytes, StandardCharsets.UTF_8))
                .isEqualTo(
                        "15:keyturn-audit-1,1:1,36:00000000-0000-0007-0000-000000000000,29:/clusters/c1/keyturn-rotation,"
                                + "31:io.keyturn.rotation.promoted.v1,20:keyturn.rotations.v1,1:3,2:40,14:SecretRotation,4:shop,"
                                + "9:orders-db,2:r1,27:2026-01-02T03:04:05.000006Z,27:2026-01-02T03:04:06.000000Z,8:{\"è\":1},");
    }

    @Test
    void anAbsentRotationDiffersFromAnEmptyOne() {
        var absent = Canonical.bytes(1, SampleFacts.fact(0, null, "{}"), SampleFacts.RECORDED);
        var empty = Canonical.bytes(1, SampleFacts.fact(0, "", "{}"), SampleFacts.RECORDED);

        assertThat(new String(absent, StandardCharsets.UTF_8)).contains("9:orders-db,-,27:");
        assertThat(new String(empty, StandardCharsets.UTF_8)).contains("9:orders-db,0:,27:");
    }

    @Test
    void timesAlwaysHaveSixDigits() {
        assertThat(Canonical.time(Instant.parse("2026-01-02T03:04:05Z"))).isEqualTo("2026-01-02T03:04:05.000000Z");
        assertThat(Canonical.time(Instant.parse("0001-01-01T00:00:00.1Z"))).isEqualTo("0001-01-01T00:00:00.100000Z");
    }

    @Test
    void textsThatImitateTheFramingNeverShareTheirBytesWithOthers() {
        var random = new Random(42);
        var alphabet = new String[] {"-", ",", ":", "1", "2", "", "2:r1,", "é"};
        var seen = new HashMap<String, Fact>();
        for (int i = 0; i < 20_000; i++) {
            var fact =
                    SampleFacts.fact(0, random.nextBoolean() ? text(random, alphabet) : null, text(random, alphabet));
            var bytes = new String(Canonical.bytes(1, fact, SampleFacts.RECORDED), StandardCharsets.UTF_8);
            var before = seen.put(bytes, fact);
            assertThat(before == null || before.equals(fact)).isTrue();
        }
        assertThat(seen).hasSizeGreaterThan(5_000);
    }

    private static String text(Random random, String[] alphabet) {
        var text = new StringBuilder();
        for (int i = random.nextInt(5); i > 0; i--) {
            text.append(alphabet[random.nextInt(alphabet.length)]);
        }
        return text.toString();
    }

    @Test
    void timesHaveSixDigitsOfASecondAndLeadingZeros() {
        assertThat(Canonical.time(Instant.parse("0001-02-03T04:05:06.000007Z")))
                .isEqualTo("0001-02-03T04:05:06.000007Z");
        assertThat(Canonical.time(Instant.parse("9999-12-31T23:59:59.999999Z")))
                .isEqualTo("9999-12-31T23:59:59.999999Z");
        assertThat(Canonical.time(Instant.parse("1969-12-31T23:59:59.5Z"))).isEqualTo("1969-12-31T23:59:59.500000Z");
    }
}
