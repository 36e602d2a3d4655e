package io.github.cdkliquibase.lambda.roles;

/**
 * The custom resource that the roles belong to.
 *
 * @param stack name of its stack; empty if unknown
 * @param stackKey identifies the stack, also among stacks of the same name; empty if unknown
 * @param logicalId its logical id; empty if unknown
 */
public record ResourceIdentity(String stack, String stackKey, String logicalId) {

    private static final int LONGEST_PART = 255;

    public ResourceIdentity {
        stack = plain(stack);
        stackKey = plain(stackKey);
        logicalId = plain(logicalId);
    }

    // CloudFormation gives letters, digits and hyphens. Other characters would need escaping in a comment.
    private static String plain(String part) {
        String plain = part.replaceAll("[^A-Za-z0-9:/_.-]", "_");
        return plain.length() > LONGEST_PART ? plain.substring(0, LONGEST_PART) : plain;
    }

    boolean isOfTheSameStack(ResourceIdentity other) {
        return stack.equals(other.stack) && stackKey.equals(other.stackKey);
    }
}
