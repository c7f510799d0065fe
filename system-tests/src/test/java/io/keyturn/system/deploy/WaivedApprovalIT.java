package io.keyturn.system.deploy;

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import static io.keyturn.system.deploy.NamesBed.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

/** Who may not approve cannot make an approval needless either. */
@ExtendWith(NamesBed.Lent.class)
class WaivedApprovalIT {
    private static final String WAIVED =
            "spec.approval: Required is taken away only by those who have the verb approve";

    private final NamesBed bed;

    WaivedApprovalIT(NamesBed bed) {
        this.bed = bed;
    }

    @Test
    void whoMayNotApproveTakesTheNeedForItAwayInNoWay() {
        var name = guarded("waived");

        assertRefused(
                403, () -> approval(bed.editor, name, "None"), WAIVED, name, "keyturn-approver", "john@example.org");
        assertRefused(403, () -> approval(bed.editor, name, null), WAIVED);

        assertThat(approval(name)).isEqualTo("Required");
    }

    @Test
    void whoMayApproveMayTakeItAway() {
        var name = guarded("waived-by-approver");

        approval(bed.approver, name, "None");

        assertThat(approval(name)).isEqualTo("None");
    }

    @Test
    void rightForOneSecretRotationIsNoneForAnother() {
        // Others have one of that name too.
        bed.admin.rotation("the-one").delete();
        guarded("the-one");

        approval(bed.editor, "the-one", null);

        assertThat(approval("the-one")).isNotEqualTo("Required");
        bed.admin.rotation("the-one").delete();
    }

    @Test
    void anybodyMayAskForApprovalsAndChangeTheRest() {
        var name = bed.editor.create("guards", Map.of());

        approval(bed.editor, name, "None");
        approval(bed.editor, name, "Required");
        bed.editor.patch(name, Map.of("spec", Map.of("suspend", true)));

        assertThat(approval(name)).isEqualTo("Required");
    }

    /** One whose runs wait for an approval. */
    private String guarded(String name) {
        bed.admin.create(name, Map.of());
        approval(bed.admin, name, "Required");
        return name;
    }

    private static void approval(Writer writer, String name, @Nullable String value) {
        var spec = new HashMap<String, @Nullable Object>();
        spec.put("approval", value);
        writer.patch(name, Map.of("spec", spec));
    }

    private @Nullable String approval(String name) {
        return bed.admin.rotation(name).get().get("spec", "approval");
    }
}
