package io.keyturn.system.docs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The code blocks of a page, in order. */
public final class CodeBlocks {
    private CodeBlocks() {}

    /**
     * One block.
     *
     * @param heading the heading it stands under, without its marks
     * @param language what follows the fence, such as {@code sh}
     */
    public record Block(String heading, String language, String text) {}

    /** Of a page of this repository, by its path from the root. */
    public static List<Block> of(String page) {
        return of(Repository.ROOT.resolve(page));
    }

    static List<Block> of(Path page) {
        return in(Repository.read(page));
    }

    static List<Block> in(String text) {
        var blocks = new ArrayList<Block>();
        var heading = "";
        var block = new StringBuilder();
        var language = "";
        var inside = false;
        for (var line : text.lines().toList()) {
            if (line.startsWith("```")) {
                if (inside) {
                    blocks.add(new Block(heading, language, block.toString()));
                    block.setLength(0);
                }
                language = line.substring(3).strip();
                inside = !inside;
            } else if (inside) {
                block.append(line).append('\n');
            } else if (line.startsWith("#")) {
                heading = line.replaceFirst("^#+ ", "");
            }
        }
        return blocks;
    }
}
