package io.keyturn.watcher.observe;

import java.time.Instant;
import java.util.List;
import java.util.Set;

import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.contract.reference.PublicationId;
import io.keyturn.kit.fingerprint.Fingerprinter;
import io.keyturn.kit.secret.SecretValue;
import io.keyturn.watcher.filter.ObjectFilter;
import io.keyturn.watcher.statement.Observation.Present;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class DescriberTest {
    private static final Fingerprinter FINGERPRINTER =
            new Fingerprinter(List.of(new Fingerprinter.Master(1, SecretValue.takeOver(new byte[32]))));

    private static Present describe(String publication) {
        var object = new KubernetesObject();
        object.uid = "u1";
        object.resourceVersion = "1";
        object.annotations.put("keyturn.io/publication", publication);
        return new Describer(new ObjectFilter(Set.of()))
                .describe(ObjectRef.configMap("shop", "settings"), object, FINGERPRINTER, Instant.EPOCH)
                .orElseThrow();
    }

    @Test
    void publicationIsRead() {
        assertThat(describe("r1.2").publication()).isEqualTo(new PublicationId("r1.2"));
    }

    /** Anybody may annotate a ConfigMap. */
    @ParameterizedTest
    @ValueSource(strings = {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.1", "r1.2147483648", "r1", "", "p4ss#w0rd!"})
    void publicationThatFitsNoRunIsLeftOut(String text) {
        assertThat(describe(text).publication()).isNull();
    }
}
