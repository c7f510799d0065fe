package io.keyturn.system.docs;

import java.nio.file.Path;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The commands that pages tell people to type name what there is. That those of the installation work is for {@code InstallGuideIT}. */
class GuideCommandsTest {
    static Stream<Path> pages() {
        return Stream.concat(
                Stream.of("README.md", "CONTRIBUTING.md").map(Repository.ROOT::resolve),
                Repository.files(Repository.ROOT.resolve("docs/guides"), ".md").stream());
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everythingThatACommandNamesExists(Path page) {
        assertThat(GuideCommands.faults(Repository.read(page))).isEmpty();
    }

    @Test
    void whatDoesNotExistIsFound() {
        var faults = GuideCommands.faults("""
                Set `rotation.secretAcess`, and `keyturn.io/rotat` on it; ask keyturn-adit.keyturn-system/audit/event.
                ```sh
                deploy/kafka/set-up.sh
                make instal
                export KAFKA_BOOTSTRAP=x
                kubectl -n shop get secretrotatons orders-db -w
                helm install keyturn deploy/helm/keyturn --set image.registri="$REGISTRY"
                curl http://localhost/audit/events?namespace=shop&name=orders-db
                ```
                """);

        assertThat(faults)
                .containsExactlyInAnyOrder(
                        "no such file: deploy/kafka/set-up.sh",
                        "no such target: make instal",
                        "nobody reads: KAFKA_BOOTSTRAP",
                        "no value of the chart: rotation.secretAcess",
                        "no value of the chart: image.registri",
                        "no such kind: secretrotatons",
                        "no such annotation: keyturn.io/rotat",
                        "no such service: keyturn-adit",
                        "no such address: /audit/event",
                        "to be quoted for the shell: http://localhost/audit/events?namespace=shop&name=orders-db");
    }
}
