package io.keyturn.restart.reference;

import java.util.List;
import java.util.Map;

import io.keyturn.contract.reference.ObjectKind;
import io.keyturn.contract.reference.ObjectRef;
import io.keyturn.restart.reference.PodTemplate.Container;
import io.keyturn.restart.reference.PodTemplate.Item;
import io.keyturn.restart.reference.PodTemplate.Mount;
import io.keyturn.restart.reference.PodTemplate.Projection;
import io.keyturn.restart.reference.PodTemplate.Source;
import io.keyturn.restart.reference.PodTemplate.Volume;
import org.junit.jupiter.api.Test;

import static io.keyturn.contract.reference.ObjectKind.ConfigMap;
import static io.keyturn.contract.reference.ObjectKind.Secret;
import static io.keyturn.restart.reference.KeySelection.some;
import static io.keyturn.restart.reference.KeySelection.whole;
import static org.assertj.core.api.Assertions.assertThat;

/** What a pod template reads. */
class ReferencesTest {
    private static final ObjectRef DB = ObjectRef.secret("shop", "db");
    private static final ObjectRef APP = ObjectRef.configMap("shop", "app");

    @Test
    void aVariableReadsItsKeyOnly() {
        assertThat(of(environment(new Source(Secret, "db", "PASSWORD")))).isEqualTo(Map.of(DB, some("PASSWORD")));
    }

    @Test
    void envFromReadsEveryKeyAndWinsOverOne() {
        assertThat(of(environment(new Source(Secret, "db", "PASSWORD"), new Source(Secret, "db", null))))
                .isEqualTo(Map.of(DB, whole()));
    }

    @Test
    void severalContainersAddUp() {
        assertThat(of(environment(new Source(Secret, "db", "USER")), environment(new Source(Secret, "db", "PASSWORD"))))
                .isEqualTo(Map.of(DB, some("USER", "PASSWORD")));
    }

    @Test
    void aSecretAndAConfigMapOfOneNameAreTwoObjects() {
        assertThat(of(environment(new Source(Secret, "db", "A"), new Source(ConfigMap, "db", "B"))))
                .isEqualTo(Map.of(DB, some("A"), ObjectRef.configMap("shop", "db"), some("B")));
    }

    @Test
    void aVolumeWithoutItemsReadsEveryKey() {
        assertThat(volume(List.of(projection(Secret, "db")), mount(null))).isEqualTo(Map.of(DB, whole()));
    }

    @Test
    void aVolumeWithItemsReadsThem() {
        assertThat(volume(List.of(projection(Secret, "db", "a", "x/a", "b", "x/b")), mount(null)))
                .isEqualTo(Map.of(DB, some("a", "b")));
    }

    @Test
    void aProjectedVolumeReadsEachOfItsSources() {
        assertThat(volume(List.of(projection(Secret, "db"), projection(ConfigMap, "app", "c", "c")), mount(null)))
                .isEqualTo(Map.of(DB, whole(), APP, some("c")));
    }

    @Test
    void aVolumeMountedBySubPathReadsTheKeyOfThatPath() {
        assertThat(volume(List.of(projection(Secret, "db")), mount("tls.key"))).isEqualTo(Map.of(DB, some("tls.key")));
    }

    @Test
    void aSubPathIsMatchedAgainstTheItemsPaths() {
        assertThat(volume(List.of(projection(Secret, "db", "a", "x/a", "b", "y/b")), mount("x")))
                .isEqualTo(Map.of(DB, some("a")));
    }

    @Test
    void oneMountOfTheWholeVolumeIsEnough() {
        assertThat(volume(List.of(projection(Secret, "db")), mount("tls.key"), mount(null)))
                .isEqualTo(Map.of(DB, whole()));
    }

    @Test
    void aVolumeThatNobodyMountsIsStillNeededByThePod() {
        assertThat(volume(List.of(projection(Secret, "db")))).isEqualTo(Map.of(DB, whole()));
    }

    @Test
    void aNameThatNoObjectCanHaveRefersToNothing() {
        assertThat(of(environment(new Source(Secret, "No Such Name", null), new Source(Secret, "db", "no/key"))))
                .isEmpty();
    }

    @Test
    void keySelectionsSurviveTheirText() {
        for (var selection : List.of(whole(), some("a"), some("b", "a.b_c-d"), some())) {
            assertThat(KeySelection.parse(selection.text())).isEqualTo(selection);
        }
    }

    private static Map<ObjectRef, KeySelection> of(Container... containers) {
        return References.of("shop", new PodTemplate(List.of(containers), List.of()))
                .byObject();
    }

    private static Map<ObjectRef, KeySelection> volume(List<Projection> projections, Mount... mounts) {
        var container = new Container(List.of(), List.of(mounts));
        return References.of("shop", new PodTemplate(List.of(container), List.of(new Volume("v", projections))))
                .byObject();
    }

    private static Container environment(Source... sources) {
        return new Container(List.of(sources), List.of());
    }

    private static Mount mount(@org.jspecify.annotations.Nullable String subPath) {
        return new Mount("v", subPath);
    }

    private static Projection projection(ObjectKind kind, String name, String... keysAndPaths) {
        var items = new java.util.ArrayList<Item>();
        for (int i = 0; i < keysAndPaths.length; i += 2) {
            items.add(new Item(keysAndPaths[i], keysAndPaths[i + 1]));
        }
        return new Projection(kind, name, items);
    }
}
