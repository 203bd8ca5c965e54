import ts from 'typescript';
import tseslint from 'typescript-eslint';

const noSpreadLiteral = {
  selector: 'SpreadElement > :matches(ObjectExpression, ArrayExpression), JSXSpreadAttribute > ObjectExpression',
  message: 'What is spread here can stand here: a spread switches the check for excess properties off.',
};

/**
 * `members.map(isHealthy)` with `isHealthy(member, stretch = 1)` gives it the index as `stretch`. So a function with a parameter
 * that may be left out is not handed over by name where the caller would fill that parameter: an arrow says what it gets.
 */
export const noFilledOptional = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { filled: 'The caller gives a value for {{name}}, which is optional: hand over an arrow function.' },
  },
  create(context) {
    const { program, esTreeNodeToTSNodeMap: nodes } = context.sourceCode.parserServices;
    const checker = program.getTypeChecker();
    const signaturesOf = (type) =>
      (type?.isUnion() ? type.types : [type]).flatMap((one) => (one === undefined ? [] : one.getCallSignatures()));
    const mayBeLeftOut = (parameter) => {
      const declaration = parameter.valueDeclaration;
      if (declaration === undefined || !ts.isParameter(declaration)) return false;
      return checker.isOptionalParameter(declaration) || declaration.dotDotDotToken !== undefined;
    };
    const check = (node) => {
      for (const argument of node.arguments) {
        if (['ArrowFunctionExpression', 'FunctionExpression', 'SpreadElement'].includes(argument.type)) continue;
        const handed = nodes.get(argument);
        const callers = signaturesOf(checker.getContextualType(handed)).map((one) => one.parameters);
        const isFilled = (index) => callers.some((all) => all[index] !== undefined && !mayBeLeftOut(all[index]));
        const taken = signaturesOf(checker.getTypeAtLocation(handed)).flatMap(({ parameters }) =>
          parameters.filter((one, index) => index > 0 && isFilled(index) && mayBeLeftOut(one)),
        );
        if (taken[0] === undefined) continue;
        context.report({ node: argument, messageId: 'filled', data: { name: taken[0].name } });
      }
    };
    return { CallExpression: check, NewExpression: check };
  },
};

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', 'runs/**', 'coverage/**', '**/*.mjs', '**/*.js'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { lab: { rules: { 'no-filled-optional': noFilledOptional } } },
    rules: {
      'lab/no-filled-optional': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/require-await': 'off',
      eqeqeq: ['error', 'always'],
      'no-restricted-syntax': [
        'error',
        noSpreadLiteral,
        {
          selector:
            ':matches(PropertyDefinition, MethodDefinition[kind!="constructor"])[accessibility=/private|public/], TSParameterProperty',
          message: 'A private member is a #private one; what is public says nothing.',
        },
      ],
      'no-console': 'off',
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^([.][.]/){4}(?!([.][.]/)*errors/)', message: 'By its room: #provision/..., #test/...' },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.{ts,tsx}'],
    ignores: ['test/**'],
    rules: { 'max-lines-per-function': ['error', { max: 70, skipComments: true, skipBlankLines: true }] },
  },
  {
    // One test that is as quick as its host refuses the work of everybody.
    files: ['test/{unit,property}/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        noSpreadLiteral,
        ...[
          "CallExpression[callee.object.name='vi'][callee.property.name='waitFor'][arguments.length<2]",
          'CallExpression[callee.property.name=/^(waitFor|poll)$/] > Literal[value<30000]',
          "CallExpression[callee.property.name=/^(waitFor|poll)$/] > ObjectExpression > Property[key.name='timeout'][value.value<30000]",
        ].map((selector) => ({
          selector,
          message: 'a wait costs nothing when it is over at once: half a minute at least',
        })),
      ],
    },
  },
);
