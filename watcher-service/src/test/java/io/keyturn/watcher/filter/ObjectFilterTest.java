package io.keyturn.watcher.filter;

import java.util.Map;
import java.util.Set;

import io.keyturn.contract.reference.AnnotationName;
import io.keyturn.contract.reference.AnnotationValue;
import io.keyturn.contract.reference.ObjectRef;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ObjectFilterTest {
    private final ObjectFilter filter = new ObjectFilter(Set.of("keyturn-system"));

    @Test
    void whatNobodyRotatesIsIgnored() {
        assertThat(filter.ignores(ObjectRef.secret("keyturn-system", "any"), Set.of()))
                .isTrue();
        assertThat(filter.ignores(ObjectRef.secret("shop", "sh.helm.release.v1.shop.v3"), Set.of()))
                .isTrue();
        assertThat(filter.ignores(ObjectRef.configMap("shop", "kube-root-ca.crt"), Set.of()))
                .isTrue();
        assertThat(filter.ignores(
                        ObjectRef.configMap("shop", "lock"), Set.of("control-plane.alpha.kubernetes.io/leader")))
                .isTrue();
        assertThat(ObjectFilter.ignoresType("kubernetes.io/service-account-token"))
                .isTrue();
    }

    @Test
    void theRestIsNot() {
        assertThat(filter.ignores(ObjectRef.secret("shop", "db"), Set.of("keyturn.io/restart")))
                .isFalse();
        assertThat(filter.ignores(ObjectRef.secret("shop", "kube-root-ca.crt"), Set.of()))
                .isFalse();
        assertThat(ObjectFilter.ignoresType("kubernetes.io/tls")).isFalse();
    }

    @Test
    void onlyAnnotationsThatSteerRestartsTravel() {
        var steering = SteeringAnnotations.of(Map.of(
                "keyturn.io/restart", "true",
                "keyturn.io/note", "Qm7xT2vLk9RwZ4bNc8HsJ1fYp6DgUe3A",
                "keyturn.io/publication", "r1.1",
                "keyturn.io/traceparent", "00-1-2-01",
                "reloader.stakater.com/match", "false",
                "secret.reloader.stakater.com/reload", "a,b",
                "kubectl.kubernetes.io/last-applied-configuration", "{}"));
        assertThat(steering)
                .containsExactly(
                        Map.entry(new AnnotationName("keyturn.io/restart"), new AnnotationValue("true")),
                        Map.entry(new AnnotationName("reloader.stakater.com/match"), new AnnotationValue("false")));
    }

    @Test
    void valueThatSteersNothingIsLeftOut() {
        assertThat(SteeringAnnotations.of(Map.of(
                        "keyturn.io/restart", "Qm7xT2vLk9RwZ4bNc8HsJ1fYp6DgUe3A",
                        "reloader.stakater.com/match", "",
                        "reloader.stakater.com/ignore", "true\n")))
                .isEmpty();
    }
}
