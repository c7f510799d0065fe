package io.keyturn.system.deploy;

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.keyturn.contract.resource.Annotations.ABORT;
import static io.keyturn.contract.resource.Annotations.COMPROMISED;
import static io.keyturn.contract.resource.Annotations.REQUESTED_BY;
import static io.keyturn.contract.resource.Annotations.RETRY;
import static io.keyturn.contract.resource.Annotations.ROTATE;
import static io.keyturn.system.deploy.NamesBed.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

/** Who asked for a run cannot be forged, though nobody has to say it. */
@ExtendWith(NamesBed.Lent.class)
class RequestNamesIT {
    private static final Map<String, String> NONE = Map.of();
    private static final String OTHER_NAME = REQUESTED_BY + " is the name of somebody else: set it to your own, ";

    private final NamesBed bed;

    RequestNamesIT(NamesBed bed) {
        this.bed = bed;
    }

    @ParameterizedTest
    @ValueSource(strings = {ROTATE, COMPROMISED, RETRY, ABORT})
    void whoeverMayWriteMayAskInTheirOwnNameOrInNone(String request) {
        var name = bed.admin.create("asks-" + request.replace("keyturn.io/", ""), NONE);

        bed.editor.annotate(name, Map.of(request, "r1"));
        bed.editor.annotate(name, Map.of(request, "r2", REQUESTED_BY, bed.editor.user()));
        bed.editor.annotate(name, Map.of(request, "r3"));

        assertThat(bed.admin.annotations(name)).isEqualTo(Map.of(request, "r3", REQUESTED_BY, "john@example.org"));
    }

    @ParameterizedTest
    @ValueSource(strings = {ROTATE, COMPROMISED, RETRY, ABORT})
    void nobodyAsksInTheNameOfAnother(String request) {
        var name = bed.admin.create("forges-" + request.replace("keyturn.io/", ""), NONE);
        var forged = Map.of(request, "r1", REQUESTED_BY, bed.approver.user());

        assertRefused(403, () -> bed.editor.annotate(name, forged), OTHER_NAME + "john@example.org, in the request");
        assertRefused(
                403, () -> bed.releases.annotate(name, forged), OTHER_NAME + "system:serviceaccount:names:releases");
        assertRefused(403, () -> bed.admin.annotate(name, forged), OTHER_NAME + "admin");
        assertRefused(403, () -> bed.editor.annotate(name, Map.of(REQUESTED_BY, "")), OTHER_NAME);

        assertThat(bed.admin.annotations(name)).isEmpty();
    }

    /** It would otherwise lend its name to what somebody else asks for. */
    @ParameterizedTest
    @ValueSource(strings = {ROTATE, COMPROMISED, RETRY, ABORT})
    void nameThatStandsFromEarlierMustGoOrBeReplaced(String request) {
        var name = asked("stale-" + request.replace("keyturn.io/", ""));
        var anonymous = new HashMap<String, @Nullable String>();
        anonymous.put(request, "r3");
        anonymous.put(REQUESTED_BY, null);

        assertRefused(
                403,
                () -> bed.editor.annotate(name, Map.of(request, "r2")),
                OTHER_NAME + "john@example.org, in the request that changes " + ROTATE,
                "or remove it there to ask without a name");
        bed.editor.annotate(name, Map.of(request, "r2", REQUESTED_BY, bed.editor.user()));
        bed.approver.annotate(name, anonymous);

        assertThat(bed.admin.annotations(name)).containsEntry(request, "r3").doesNotContainKey(REQUESTED_BY);
    }

    @Test
    void requestStandsWhileAnotherChangesSomethingElse() {
        var name = asked("asked-spec-change");

        bed.editor.patch(name, Map.of("spec", Map.of("suspend", true)));
        bed.editor.annotate(name, Map.of("note", "by somebody else"));

        assertThat(bed.admin.annotations(name))
                .containsEntry(ROTATE, "r1")
                .containsEntry(REQUESTED_BY, bed.approver.user());
        assertThat(bed.admin.rotation(name).get().<Boolean>get("spec", "suspend"))
                .isTrue();
    }

    @Test
    void nobodyIsBornAskedForByAnother() {
        assertRefused(
                403,
                () -> bed.editor.create("born-asked", Map.of(ROTATE, "r1", REQUESTED_BY, bed.approver.user())),
                OTHER_NAME);

        var own = Map.of(ROTATE, "r1", REQUESTED_BY, bed.editor.user());
        assertThat(bed.admin.annotations(bed.editor.create("born-asked", own))).isEqualTo(own);
    }

    /** One that the approver has asked to be rotated. */
    private String asked(String name) {
        bed.admin.create(name, NONE);
        bed.approver.annotate(name, Map.of(ROTATE, "r1", REQUESTED_BY, bed.approver.user()));
        return name;
    }
}
