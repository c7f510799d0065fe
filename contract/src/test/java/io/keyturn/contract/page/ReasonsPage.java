package io.keyturn.contract.page;

import java.util.function.Function;

import io.keyturn.contract.codec.Refusal;
import io.keyturn.contract.event.FindingKind;
import io.keyturn.contract.event.RestartReason;
import io.keyturn.contract.event.RetirementProof;
import io.keyturn.contract.event.RotationReason;
import io.keyturn.contract.generate.SourceDoc;
import io.keyturn.contract.resource.ScheduleReason;
import io.keyturn.contract.resource.StatusReason;
import org.jspecify.annotations.Nullable;

/** {@code docs/reference/reasons.md}: the words that events, status, metrics and audit share. */
final class ReasonsPage {
    static final String PATH = "docs/reference/reasons.md";

    private ReasonsPage() {}

    static String make() {
        var page = new StringBuilder("""
                # Reasons

                Made from the enums of the contract, do not edit. The same words stand in events, conditions, metrics and the audit trail.
                """);
        section(page, "Why a rotation did not succeed, or waits", RotationReason.class, RotationReason::remedy);
        section(page, "Why a SecretRotation is ready or adopted", StatusReason.class);
        section(page, "Whether a SecretRotation is scheduled", ScheduleReason.class);
        section(page, "How it is known that the old value is retired", RetirementProof.class);
        section(page, "Why a restart plan stopped", RestartReason.class);
        section(page, "What is found", FindingKind.class);
        section(page, "Why a record is a dead letter", Refusal.class);
        return page.toString();
    }

    private static <E extends Enum<E>> void section(StringBuilder page, String title, Class<E> reasons) {
        section(page, title, reasons, null);
    }

    private static <E extends Enum<E>> void section(
            StringBuilder page, String title, Class<E> reasons, @Nullable Function<E, String> remedy) {
        var doc = SourceDoc.of(reasons);
        page.append("%n## %s%n%n%s%n%n| reason | meaning |%s%n|---|---|%s%n"
                .formatted(
                        title,
                        doc.description(),
                        remedy == null ? "" : " where to look, and what helps |",
                        remedy == null ? "" : "---|"));
        for (var reason : reasons.getEnumConstants()) {
            var meaning = doc.constants().get(reason.name());
            if (meaning == null) {
                throw new IllegalStateException(reason + " has no Javadoc; users read it");
            }
            page.append("| `%s` | %s |%s%n"
                    .formatted(reason, meaning, remedy == null ? "" : " " + remedy.apply(reason) + " |"));
        }
    }
}
