package io.keyturn.rotation.template;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.keyturn.kit.secret.SecretValue;
import io.keyturn.rotation.credential.Credential;
import org.jspecify.annotations.Nullable;

/**
 * How one key of a publication is made: text with placeholders such as {@code {username:uri}}. The placeholders are
 * {@code username}, {@code password} and the attributes of the target; {@code :uri} percent-encodes (RFC 3986, everything but
 * unreserved characters), {@code :base64} encodes. Braces cannot be written otherwise.
 */
public final class Template {
    public static final String PRINCIPAL = "username";
    public static final String SECRET = "password";

    /** An index that says no. */
    private static final int NOWHERE = -1;

    private static final Pattern LINE_BREAK = Pattern.compile("[\n\r\u0085\u2028\u2029]");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([a-z]+)(?::([a-z0-9]+))?}");

    private final List<Part> parts;

    private sealed interface Part {
        record Text(String text) implements Part {}

        record Placeholder(String name, Encoding encoding) implements Part {}
    }

    private Template(List<Part> parts) {
        this.parts = parts;
    }

    /**
     * Reads a template.
     *
     * @param attributes the names the target offers beside username and password
     * @throws IllegalArgumentException naming the placeholder or brace at fault
     */
    public static Template parse(String text, Set<String> attributes) {
        var parts = new ArrayList<Part>();
        Matcher found = PLACEHOLDER.matcher(text);
        int end = 0;
        while (found.find()) {
            addText(parts, text.substring(end, found.start()));
            parts.add(placeholder(found.group(1), found.group(2), attributes));
            end = found.end();
        }
        addText(parts, text.substring(end));
        return new Template(List.copyOf(parts));
    }

    private static void addText(List<Part> parts, String text) {
        if (text.indexOf('{') >= 0 || text.indexOf('}') >= 0) {
            throw new IllegalArgumentException(
                    "a brace that belongs to no placeholder; placeholders look like {username:uri}");
        }
        if (!text.isEmpty()) {
            parts.add(new Part.Text(text));
        }
    }

    private static Part placeholder(String name, @Nullable String modifier, Set<String> attributes) {
        if (!name.equals(PRINCIPAL) && !name.equals(SECRET) && !attributes.contains(name)) {
            var known = attributes.stream().sorted().collect(Collectors.joining(", "));
            throw new IllegalArgumentException(
                    "placeholder {" + name + "} is unknown; use username, password, " + known);
        }
        return new Part.Placeholder(name, Encoding.named(modifier));
    }

    public boolean names(String placeholder) {
        return parts.stream()
                .anyMatch(
                        p -> p instanceof Part.Placeholder found && found.name().equals(placeholder));
    }

    /** The value for this credential. The caller closes it. */
    public SecretValue render(Credential credential, Map<String, String> attributes) {
        var pieces = parts.stream().map(p -> piece(p, credential, attributes)).toList();
        var whole = new byte[pieces.stream().mapToInt(p -> p.length).sum()];
        int at = 0;
        for (var piece : pieces) {
            System.arraycopy(piece, 0, whole, at, piece.length);
            at += piece.length;
            Arrays.fill(piece, (byte) 0);
        }
        return SecretValue.takeOver(whole);
    }

    private static byte[] piece(Part part, Credential credential, Map<String, String> attributes) {
        return switch (part) {
            case Part.Text(var text) -> Encoding.utf8(text);
            case Part.Placeholder(var name, var encoding)
            when name.equals(SECRET) -> credential.secret().use(encoding::encode);
            case Part.Placeholder(var name, var encoding)
            when name.equals(PRINCIPAL) -> encoding.encode(Encoding.utf8(credential.principal()));
            case Part.Placeholder(var name, var encoding) ->
                encoding.encode(Encoding.utf8(attributes.getOrDefault(name, "")));
        };
    }

    /**
     * Reads a credential back out of a value made from this template, for adoption: empty if the value does not have the
     * template's form or does not hold both parts.
     *
     * @param principal used when the template does not name the principal
     */
    public Optional<Credential> readBack(SecretValue value, String principal) {
        if (!names(SECRET)) {
            return Optional.empty();
        }
        return value.useString(text -> {
            try {
                return match(text).map(found -> credential(found, principal));
            } catch (IllegalArgumentException e) {
                // Not percent-encoded, or not base64: made by somebody else.
                return Optional.empty();
            }
        });
    }

    private Credential credential(Map<String, String> found, String principal) {
        var encodings = encodings();
        var name =
                names(PRINCIPAL) ? new String(decoded(PRINCIPAL, encodings, found), StandardCharsets.UTF_8) : principal;
        return new Credential(name, SecretValue.takeOver(decoded(SECRET, encodings, found)));
    }

    private static byte[] decoded(String name, Map<String, Encoding> encodings, Map<String, String> found) {
        return encodings.getOrDefault(name, Encoding.PLAIN).decode(found.getOrDefault(name, ""));
    }

    private Map<String, Encoding> encodings() {
        return parts.stream()
                .filter(Part.Placeholder.class::isInstance)
                .map(Part.Placeholder.class::cast)
                .collect(Collectors.toMap(Part.Placeholder::name, Part.Placeholder::encoding, (first, _) -> first));
    }

    /**
     * What user name and password are written as in a text of this form; empty if it has another one. Each placeholder ends where the
     * text after it first appears, and none is tried again: one pass, whatever a template or a value is made to look like.
     */
    private Optional<Map<String, String>> match(String text) {
        var found = new HashMap<String, String>();
        int at = 0;
        for (int i = 0; i < parts.size() && at >= 0; i++) {
            at = switch (parts.get(i)) {
                case Part.Text(var literal) -> after(literal, text, at);
                case Part.Placeholder p
                when found.containsKey(p.name()) -> after(found.getOrDefault(p.name(), ""), text, at);
                case Part.Placeholder p -> {
                    boolean ours = p.name().equals(SECRET) || p.name().equals(PRINCIPAL);
                    int end = end(i, text, ours ? at + 1 : at);
                    // Host, port and database may be written differently by whoever made the value.
                    if (ours && end >= 0) {
                        found.put(p.name(), text.substring(at, end));
                    }
                    yield end < 0 || LINE_BREAK.matcher(text).region(at, end).find() ? NOWHERE : end;
                }
            };
        }
        return at == text.length() ? Optional.of(found) : Optional.empty();
    }

    private static int after(String literal, String text, int at) {
        return text.startsWith(literal, at) ? at + literal.length() : NOWHERE;
    }

    /** Where the placeholder ends that has this number, at the earliest there. */
    private int end(int number, String text, int earliest) {
        boolean last = number + 1 == parts.size();
        int end = last
                ? text.length()
                : switch (parts.get(number + 1)) {
                    case Part.Text(var literal) ->
                        number + 2 == parts.size() && text.endsWith(literal)
                                ? text.length() - literal.length()
                                : text.indexOf(literal, earliest);
                    // Nothing tells two neighbours apart: the first is as short as may be.
                    case Part.Placeholder _ -> earliest;
                };
        return end < earliest || end > text.length() ? NOWHERE : end;
    }
}
