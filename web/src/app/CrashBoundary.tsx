import { Component, type ReactNode } from 'react';
import { translation } from '../i18n/language';
import { Button } from '../ui/Button';
import { Empty } from '../ui/Empty';
import { Mark } from '../ui/Mark';

/** What is seen when a view throws: says what is safe and offers the way on. */
export class CrashBoundary extends Component<{ children: ReactNode }, { crashed: boolean }> {
  override state = { crashed: false };

  static getDerivedStateFromError() {
    return { crashed: true };
  }

  override render() {
    if (!this.state.crashed) return this.props.children;
    const t = translation.get();
    const action = (
      <Button kind="primary" onClick={() => window.location.reload()}>
        {t('crash.action')}
      </Button>
    );
    return (
      <main>
        <Empty
          whole
          picture={<Mark size={56} />}
          title={t('crash.title')}
          text={t('crash.text')}
          action={action}
        />
      </main>
    );
  }
}
