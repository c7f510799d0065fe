package io.keyturn.contract.generate;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The Javadoc of a top-level type of the contract, read from its source: what people read in the code is what they read in
 * the schemas and pages.
 *
 * @param description the type's, without tags
 * @param params of its components, by name
 * @param constants of its enum constants, by name
 */
public record SourceDoc(String description, Map<String, String> params, Map<String, String> constants) {
    private static final String SOURCES = "contract/src/main/java/";
    private static final Pattern COMMENT = Pattern.compile("/\\*\\*(.*?)\\*/\\s*([^\\n]*)", Pattern.DOTALL);
    private static final Pattern TYPE =
            Pattern.compile("^(@\\S+\\s*)*(public )?(sealed )?(final )?(record|enum|interface|class) (\\w+).*");
    private static final Pattern CONSTANT = Pattern.compile("^([A-Za-z][A-Za-z0-9_]*)\\s*[,;(]?.*");
    private static final Pattern INLINE_TAG = Pattern.compile("\\{@(?:code|link) #?([^}]*)}");

    public static SourceDoc of(Class<?> type) {
        var source = GeneratedFile.read(SOURCES + type.getName().replace('.', '/') + ".java");
        var description = "";
        var params = new LinkedHashMap<String, String>();
        var constants = new LinkedHashMap<String, String>();
        var comments = COMMENT.matcher(source);
        while (comments.find()) {
            var text = text(comments.group(1));
            var next = comments.group(2);
            var declared = TYPE.matcher(next);
            if (declared.matches() && declared.group(6).equals(type.getSimpleName())) {
                var parts = text.split(" ?@param ", -1);
                description = parts[0];
                for (var i = 1; i < parts.length; i++) {
                    var words = parts[i].split(" ", 2);
                    params.put(words[0], words[1]);
                }
            } else if (type.isEnum()) {
                var constant = CONSTANT.matcher(next);
                if (constant.matches()) {
                    constants.put(constant.group(1), text);
                }
            }
        }
        return new SourceDoc(description, params, constants);
    }

    /** One paragraph: without asterisks, tags and line ends. */
    private static String text(String comment) {
        var plain =
                comment.replaceAll("\\n\\s*\\*", " ").replaceAll("\\s+", " ").strip();
        return INLINE_TAG.matcher(plain).replaceAll("`$1`");
    }
}
