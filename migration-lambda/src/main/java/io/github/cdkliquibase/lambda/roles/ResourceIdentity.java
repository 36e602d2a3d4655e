package io.github.cdkliquibase.lambda.roles;

/**
 * The custom resource for which the roles are kept.
 *
 * @param stack name of its stack; empty if unknown
 * @param stackKey what no two stacks share, also not two of one name; empty if unknown
 * @param logicalId its logical id; empty if unknown
 */
public record ResourceIdentity(String stack, String stackKey, String logicalId) {

    private static final int LONGEST_PART = 255;

    public ResourceIdentity {
        stack = plain(stack);
        stackKey = plain(stackKey);
        logicalId = plain(logicalId);
    }

    // CloudFormation gives letters, digits and hyphens. Anything else would have to be escaped in a comment.
    private static String plain(String part) {
        String plain = part.replaceAll("[^A-Za-z0-9:/_.-]", "_");
        return plain.length() > LONGEST_PART ? plain.substring(0, LONGEST_PART) : plain;
    }

    boolean isOfTheSameStack(ResourceIdentity other) {
        return stack.equals(other.stack) && stackKey.equals(other.stackKey);
    }
}
